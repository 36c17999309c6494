# Copydesk: build, run, test, install. `make help` lists the targets.
PREFIX ?= /usr/local
DESTDIR ?=
# The Swift runtime goes into the program, so that it runs where no toolchain is.
# The C++ runtime goes there too, where its archive is installed: without a library to load and to bind, the program starts
# a millisecond sooner. The linker takes the archive, because this folder comes before those with the library.
ARCHIVES := $(CURDIR)/.build/archives
RELEASE := -c release --static-swift-stdlib --product copydesk -Xswiftc "-L$(ARCHIVES)"
# Where the shells look for completions, below share.
COMPLETIONS_bash := bash-completion/completions/copydesk
COMPLETIONS_zsh := zsh/site-functions/_copydesk
COMPLETIONS_fish := fish/vendor_completions.d/copydesk.fish
COMPLETIONS := $(COMPLETIONS_bash) $(COMPLETIONS_zsh) $(COMPLETIONS_fish)
FORMATTED := Package.swift Sources Tests Fuzz

.PHONY: help run build test check lint format install uninstall clean dependencies test-dependencies

help:
	@echo "make run                  build, and open the studio"
	@echo "make build                build the program for release"
	@echo "make test                 run all tests"
	@echo "make check                lint the format, then run all tests"
	@echo "make format               put the code into the house format"
	@echo "make install PREFIX=DIR   install the program and its completions (default: $(PREFIX))"

run: build
	@"$$(swift build $(RELEASE) --show-bin-path)/copydesk"

build: dependencies
	@mkdir -p "$(ARCHIVES)"; archive="$$($(CC) -print-file-name=libstdc++.a)"; \
	case "$$archive" in /*) ln -sf "$$archive" "$(ARCHIVES)/";; esac
	swift build $(RELEASE)

test: dependencies test-dependencies
	swift build --build-tests
	@start=$$(date +%s); Tests/Kernels/check && swift test --disable-xctest --skip-build; status=$$?; \
	echo "The tests took $$(($$(date +%s) - start)) seconds."; exit $$status

check: lint test

lint:
	swift format lint --strict --configuration .swift-format --recursive $(FORMATTED)

format:
	swift format --in-place --configuration .swift-format --recursive $(FORMATTED)

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 "$$(swift build $(RELEASE) --show-bin-path)/copydesk" "$(DESTDIR)$(PREFIX)/bin/copydesk"
	install -d $(addprefix "$(DESTDIR)$(PREFIX)"/share/,$(dir $(COMPLETIONS)))
	$(foreach name,bash zsh fish,"$(DESTDIR)$(PREFIX)/bin/copydesk" --generate-completion-script $(name) \
		> "$(DESTDIR)$(PREFIX)/share/$(COMPLETIONS_$(name))" &&) true

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/copydesk" $(addprefix "$(DESTDIR)$(PREFIX)"/share/,$(COMPLETIONS))

clean:
	rm -rf .build

# Debian's packages that the build needs; installed only where they are missing.
dependencies:
	@.ci/install-missing /usr/include/ncurses.h libncurses-dev /usr/include/sqlite3.h libsqlite3-dev \
		"$$(ls -d /usr/include/curl /usr/include/*/curl 2>/dev/null | head -n 1)/curl.h" libcurl4-openssl-dev \
		/usr/include/openssl/evp.h libssl-dev /usr/include/zlib.h zlib1g-dev

test-dependencies:
	@.ci/install-missing /usr/bin/tmux tmux
