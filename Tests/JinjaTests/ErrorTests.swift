// The sentences that a writer of a template reads, whole.

import Jinja
import Testing

@Suite struct ErrorTests {
    private func message(_ source: String, _ context: [String: JinjaValue] = [:]) -> String {
        do {
            return try "no error: " + JinjaTemplate(source: source, name: "ad.md").render(context)
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("{{ text|uper }}", "ad.md:1:9: unknown filter 'uper'. Did you mean 'upper'?"),
        ("{{ text|frobnicate }}", "ad.md:1:9: unknown filter 'frobnicate'."),
        ("{{ text is definde }}", "ad.md:1:12: unknown test 'definde'. Did you mean 'defined'?"),
        ("a\nb {{ tone.kind }}", "ad.md:2:11: 'tone' is undefined, so it has no 'kind'."),
        ("日本 {{ tone + 1 }}", "ad.md:1:12: 'tone' is undefined."),
        ("{{ 'a' + 1 }}", "ad.md:1:8: '+' does not work between str and int."),
        (
            "{% if x %}\n{% for y in z %}\n{% endfor %}",
            "ad.md:1:4: the template ends inside 'if'. Close it with {% endif %}."
        ),
        ("{% for y in z %}{% endif %}", "ad.md:1:20: 'endif' does not fit here: the innermost open tag is 'for'."),
        ("{% endif %}", "ad.md:1:4: 'endif' closes nothing: no tag is open here."),
        ("{{ name", "ad.md:1:1: this tag has no end. Write }} after it."),
        ("{# note", "ad.md:1:1: this comment has no end. Write #} after it."),
        ("{{ 'abc }}", "ad.md:1:4: this string has no end. Close it with the quote it begins with."),
        ("{{ (1, 2] }}", "ad.md:1:9: unexpected ']', expected ')'."),
        ("{{ }}", "ad.md:1:4: expected an expression, found '}}'."),
        ("{% nonsense %}", "ad.md:1:4: unknown tag 'nonsense'."),
        (
            "{% include 'a' %}",
            "ad.md:1:4: 'include' is not supported: a template cannot read other files. Copy its text here."
        ),
        ("{% set n.x = 1 %}", "ad.md:1:14: 'n' is not a namespace, so its fields cannot be set."),
        ("{{ [1].append(2) }}", "ad.md:1:8: 'append' would change a list, which templates cannot do."),
        ("{{ raise_exception('Roles must alternate') }}", "ad.md:1:4: Roles must alternate"),
        ("{{ 99999999999999999999 }}", "ad.md:1:4: this number is too large: integers go up to 9223372036854775807."),
        (
            "{{ 9223372036854775807 + 1 }}",
            "ad.md:1:24: the number grows too large: integers go up to 9223372036854775807."
        ),
        ("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "ad.md:1:34: macro 'm' takes at most 1 arguments, not 2."),
        ("{% break %}", "ad.md:1:4: 'break' stands outside of a loop."),
        ("{{ 'a'.upper(1) }}", "ad.md:1:8: upper() takes no arguments, not 1."),
        ("{{ lipsum() }}", "ad.md:1:4: lipsum() is not supported: it would put random filler into the text."),
    ])
    func `an error names its place and what to do`(source: String, expected: String) {
        #expect(message(source) == expected)
    }

    @Test(arguments: [
        "{{ raise_exception('x' * 9999999) }}", "{{ raise_exception('\u{301}' * 999999) }}",
        "{{ 1|LONG }}", "{{ 1 is LONG }}", "{% LONG %}",
        "{% if 1 %}{{ 'LONG' 'LONG' 1 }}",
        "{{ {}.LONG.a }}", "{{ {}['x' * 9999999].a }}", "{{ [].index('x' * 99999) }}", "{{ 1.a.LONG }}",
        "{% for LONG in [1] %}{{ LONG(1)", "{{ LONG + 1 }}",
    ])
    func `an error is no longer than one can read`(source: String) {
        // Put in here and not above, where the test's log would print it.
        let long = String(repeating: "n", count: 100_000)
        let message = message(source.split(separator: "LONG", omittingEmptySubsequences: false).joined(separator: long))
        #expect(!message.hasPrefix("no error"))
        #expect(message.unicodeScalars.count < 600)
    }

    @Test func `a mark shows that an error was cut`() {
        let expected = "ad.md:1:4: " + String(repeating: "x", count: 500) + "…"
        #expect(message("{{ raise_exception('x' * 501) }}") == expected)
        #expect(message("{{ raise_exception('x' * 500) }}") == String(expected.dropLast()))
        let name = String(repeating: "x", count: 100) + "…"
        #expect(
            message("{{ {}['x' * 999].a }}")
                == "ad.md:1:18: 'dict object' has no attribute '\(name)', so it has no 'a'.")
    }

    @Test func `an error that the template raises can be told from others`() throws {
        let raised = #expect(throws: JinjaError.self) {
            try JinjaTemplate(source: "{{ raise_exception('x') }}").render([:])
        }
        let other = #expect(throws: JinjaError.self) { try JinjaTemplate(source: "{{ 1 / 0 }}").render([:]) }
        #expect(raised?.isRaisedByTemplate == true)
        #expect(other?.isRaisedByTemplate == false)
    }

    @Test func `an unknown filter in a branch that is not taken is not an error`() throws {
        #expect(try JinjaTemplate(source: "{% if false %}{{ 1|nosuch }}{% endif %}ok").render([:]) == "ok")
        #expect(message("{% if true %}{{ 1|nosuch }}{% endif %}") == "ad.md:1:19: unknown filter 'nosuch'.")
    }

    @Test func `strict options refuse to print missing values`() throws {
        var options = JinjaOptions()
        options.undefined = .strict
        let error = #expect(throws: JinjaError.self) {
            try JinjaTemplate(source: "Hi {{ name }}", options: options).render([:])
        }
        #expect(error?.description == "template:1:7: 'name' is undefined.")
        #expect(try JinjaTemplate(source: "{{ name|default('you') }}", options: options).render([:]) == "you")
    }
}
