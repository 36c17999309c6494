// Rendering ends: no template runs without end, out of stack or out of memory.

import Jinja
import Testing

@Suite struct BoundsTests {
    private func failure(_ source: String, _ change: (inout JinjaOptions) -> Void = { _ in }) -> String {
        var options = JinjaOptions()
        change(&options)
        do {
            return try "no error: \(JinjaTemplate(source: source, options: options).render([:]).prefix(40))"
        } catch {
            return error.reason
        }
    }

    @Test func `a macro that calls itself without end is stopped`() {
        #expect(
            failure("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
                == "macros or recursive loops call each other more than 100 deep.")
    }

    @Test func `a recursive loop without end is stopped`() {
        #expect(
            failure("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")
                == "macros or recursive loops call each other more than 100 deep.")
    }

    @Test func `loops within loops run out of steps`() {
        let source = "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}"
        #expect(
            failure(source) { $0.stepBudget = 10_000 }
                == "the template does more than 10000 steps. Is there a loop that never ends?")
    }

    @Test(arguments: [
        "{{ 'abc' * 99999999 }}",
        "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{{ 'x'.center(999999999) }}", "{{ ('x' * 9999)|replace('x', 'y' * 99999) }}",
        "{{ ('y' * 9999).join('x' * 9999) }}",
        "{% for i in range(9999) %}{{ 'x' * 9999 }}{% endfor %}", "{{ ('a\\n' * 9999)|indent(99999) }}",
        "{{ '%9999999d' % 1 }}", "{{ '{:9999999}'.format(1) }}", "{{ [1] * 999999999 }}",
        "{{ ''.join([('x' * 99999)] * 9999) }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(90) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}",
        "{{ 2 ** 64 }}", "{{ range(0, 9000000000000000000, 4000000000000000000)[:] }}", "{{ 10.0 ** 999 }}",
        "{{ range(9999999999) }}", "{{ [1]|batch(999999999, 'x')|list }}",
        "{{ [1]|slice(999999999)|list }}", "{{ -9223372036854775807 - 2 }}", "{{ (-9223372036854775807 - 1) // -1 }}",
        "{{ (-9223372036854775807 - 1)|abs }}", "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}",
    ])
    func `values that grow too large are refused`(source: String) {
        let reason = failure(source)
        #expect(!reason.hasPrefix("no error"), "\(source)")
    }

    @Test(arguments: [
        "[s]|sort", "{'k': s}|dictsort(by='value')", "[s]|unique", "[s]|unique(case_sensitive=true)", "[s]|min",
        "[s]|max", "[(s, 1)]|groupby(0)", "{s: 1}", "dict([(s, 1)])", "{}[s]", "{}.get(s)", "s in {}", "{(s, s): 1}",
    ])
    func `a key made of a long text is charged`(expression: String) {
        let source = "{% set s = 'a' * 9999 %}{% for i in range(500) %}{% set x = \(expression) %}{% endfor %}"
        #expect(
            failure(source) { $0.stepBudget = 100_000 }
                == "the template does more than 100000 steps. Is there a loop that never ends?")
    }

    @Test(arguments: [
        ("{{ s.find(n) }}", "-1"), ("{{ s.rfind(m) }}", "-1"), ("{{ s.count(n) }}", "0"), ("{{ n in s }}", "False"),
        ("{{ s.replace(n, '') == s }}", "True"), ("{{ (s|replace(n, '')) == s }}", "True"),
        ("{{ s.split(n)|length }}", "1"), ("{{ s.rsplit(m)|length }}", "1"), ("{{ s.partition(n)[0] == s }}", "True"),
        ("{{ s.rpartition(m)[2] == s }}", "True"), ("{{ (s ~ 'b').index(n) }}", "50000"),
        ("{{ ('b' ~ s).rindex(m) }}", "0"),
    ])
    func `the time of a search does not grow with the product of two lengths`(source: String, expected: String) throws {
        // Naively this is 2.5 billion comparisons.
        let texts = "{% set s = 'a' * 100000 %}{% set n = 'a' * 50000 ~ 'b' %}{% set m = 'b' ~ 'a' * 50000 %}"
        #expect(try JinjaTemplate(source: texts + source).render([:]) == expected)
    }

    @Test(arguments: [
        "s[1:]", "s[0]", "s.upper()", "s.split()", "s|length", "s|reverse", "s|int", "s|float", "s is lower",
        "s is filter", "[s]|string", "s|tojson", "{}[s]", "[][s]", "d|tojson", "s|indent", "s|truncate", "s % ()",
        "s|striptags", "s|title", "s.casefold()", "s|urlencode", "s|wordwrap(1)", "s.splitlines()", "s|upper",
    ])
    func `text that is walked by code points is charged four times as a copy`(expression: String) {
        let source = """
            {% set s = 'ab ' * 3333 %}{% set d = {s: 1} %}\
            {% for i in range(500) %}{% set x = \(expression) %}{% endfor %}
            """
        #expect(
            failure(source) { $0.stepBudget = 100_000 }
                == "the template does more than 100000 steps. Is there a loop that never ends?")
    }

    @Test(arguments: [
        "[\(items)]", "(\(items),)", "{\(pairs)}", "dict(d, a=1)", "d.items()", "d|items", "r|batch(1)",
        "[]|slice(999)", "' \\n' * 999 == (' \\n' * 999).splitlines()", "(' a' * 999).split()",
        "('a,' * 999).split(',')",
        "cycler(\(items))",
    ])
    func `values that need memory for each item are charged for each`(expression: String) {
        let source = """
            {% set d = {\(Self.pairs)} %}{% set r = range(999) %}\
            {% for i in range(100) %}{% set x = \(expression) %}{% endfor %}
            """
        #expect(
            failure(source) { $0.stepBudget = 80_000 }
                == "the template does more than 80000 steps. Is there a loop that never ends?")
    }

    private static let items = Array(repeating: "1", count: 999).joined(separator: ",")
    private static let pairs = (0..<999).map { "\($0): 1" }.joined(separator: ",")

    @Test func `indents and long words do not make text without bound`() throws {
        let nested = String(repeating: "[", count: 50) + "1" + String(repeating: "]", count: 50)
        #expect(
            failure("{{ \(nested)|tojson(indent='x' * 999999) }}") == "the text grows beyond 16777216 bytes.")
        let wrapped = try JinjaTemplate(source: "{{ ('a' * 20000)|wordwrap(1)|length }}").render([:])
        #expect(wrapped == "39999")
    }

    @Test(arguments: ["x|round(320)", "'%.1f' % x", "'{:.1e}'.format(x)", "'{:.3}'.format(x)"])
    func `the exact digits of a tiny number are charged`(expression: String) {
        let source = "{% set x = 1e-300 %}{% for i in range(200) %}{% set y = \(expression) %}{% endfor %}"
        #expect(
            failure(source) { $0.stepBudget = 100_000 }
                == "the template does more than 100000 steps. Is there a loop that never ends?")
    }

    @Test func `looking a name up through many scopes is charged`() {
        let open = (0..<57).map { "{% with a\($0) = 1 %}" }.joined()
        let close = String(repeating: "{% endwith %}", count: 57)
        let reason = failure("\(open)\(String(repeating: "{{ missing }}", count: 100))\(close)") { $0.stepBudget = 400 }
        #expect(reason == "the template does more than 400 steps. Is there a loop that never ends?")
    }

    @Test func `a name that nobody would write is refused`() {
        #expect(failure("{{ \(String(repeating: "n", count: 1001)) }}") == "this name is longer than 1000 bytes.")
        #expect(failure("{{ \(String(repeating: "n", count: 1000)) }}") == "no error: ")
    }

    @Test(arguments: ["find(n)", "startswith(n)", "startswith((n,))", "removeprefix(n)", "strip(n)", "replace('a', n)"])
    func `a long argument of a short text is charged`(call: String) {
        let source = "{% set n = 'b' * 9999 %}{% for i in range(500) %}{% set x = ''.\(call) %}{% endfor %}"
        #expect(
            failure(source) { $0.stepBudget = 100_000 }
                == "the template does more than 100000 steps. Is there a loop that never ends?")
    }

    @Test(arguments: [
        "s == t", "l == m", "l != m", "t in [s]", "[s].count(t)", "[t].index(s)", "(s,) == (t,)",
        "{'k': s} == {'k': t}", "[[l]] == [[m]]", "l is sameas(m)", "d.items() == e.items()", "[s] < [t]", "s <= t",
        "([(s, 1)]|groupby(0)) == ([(t, 1)]|groupby(0))", "[l]|select('eq', m)|list", "l is in([m])",
    ])
    func `a comparison is charged for the text it reads`(expression: String) {
        let texts = """
            {% set s = 'a' * 99999 %}{% set t = 'a' * 99999 %}{% set l = [s] %}{% set m = [t] %}\
            {% set d = {'k': s} %}{% set e = {'k': t} %}
            """
        #expect(
            failure("\(texts){% for i in range(200) %}{% set x = \(expression) %}{% endfor %}") {
                $0.stepBudget = 100_000
            } == "the template does more than 100000 steps. Is there a loop that never ends?")
    }

    @Test func `ranges are compared without their numbers`() throws {
        let source = """
            {% for i in range(300) %}{% set x = range(99999) == range(99999) %}{% endfor %}\
            {{ range(0) == range(3, 2) }}{{ range(0, 3, 9) == range(0, 4, 5) }}{{ range(2) == range(0, 3, 2) }}
            """
        #expect(try JinjaTemplate(source: source).render([:]) == "TrueTrueFalse")
    }

    @Test func `the items of an iterator are taken one by one at once`() throws {
        let source = """
            {% set g = range(99999)|select('defined') %}{% set ns = namespace() %}\
            {% for i in range(20000) %}{% set ns.x = g|first %}{% endfor %}{{ ns.x }} {{ g|list|length }}
            """
        #expect(try JinjaTemplate(source: source).render([:]) == "19999 79999")
    }

    @Test func `extreme bounds of slices and indices are harmless`() throws {
        let big = "9223372036854775807"
        let source =
            "{{ 'abc'[-\(big):\(big):\(big)] }}{{ [1, 2][::-\(big)] }}{{ 'abc'[\(big)] }}{{ range(5)[::\(big)]|list }}"
        #expect(try JinjaTemplate(source: source).render([:]) == "a[2][0]")
    }

    // Repeated here and not in the arguments, which the test's log prints.
    @Test(arguments: [
        ("", "(", ""), ("", "[", ""), ("", "-", "1"), ("", "not ", "1"), ("1", " + 1", ""), ("a", ".a", ""),
        ("a", "|e", ""), ("", "1 if 1 else ", "1"), ("a", "()", ""), ("", "{1:", ""), ("a is ", "not ", ""),
    ])
    func `an expression that is nested too deeply is refused`(start: String, repeated: String, end: String) {
        let expression = start + String(repeating: repeated, count: 20_000) + end
        #expect(!failure("{{ \(expression) }}").hasPrefix("no error"))
    }

    @Test func `a long chain of concatenations is read and joined at once`() throws {
        let chain = String(repeating: "1 ~ ", count: 20_000)
        #expect(
            try JinjaTemplate(source: "{{ \(chain)2 * 3 ~ (4 ~ 5) }}").render([:])
                == String(repeating: "1", count: 20_000) + "645")
        #expect(failure("{{ 'a' \(String(repeating: "~ ", count: 2)) 'b' }}").contains("expected an expression"))
    }

    @Test func `parameters and arguments by the thousand are read at once`() throws {
        let names = (0..<10_000).map { "a\($0)" }
        let call = names.map { "\($0)=1" }.joined(separator: ",")
        let source = "{% macro m(\(names.joined(separator: ","))) %}{{ a9999 }}{% endmacro %}{{ m(\(call)) }}"
        #expect(try JinjaTemplate(source: source).render([:]) == "1")
        let loop = "{% macro m(\(names.joined(separator: ","))) %}{% endmacro %}{% for i in range(99) %}{{ m() }}"
        #expect(failure(loop + "{% endfor %}") { $0.stepBudget = 100_000 }.hasPrefix("the template does more"))
        #expect(failure("{{ m(a=1, a=2) }}") == "argument 'a' is given twice.")
    }

    @Test(arguments: ["if 1", "for x in [1]", "with", "filter upper", "macro m()", "set x", "generation"])
    func `tags that are nested too deeply are refused`(tag: String) {
        let source = String(repeating: "{% \(tag) %}", count: 10_000)
        #expect(failure(source) == "tags are nested more than 60 deep. Move some of it into a macro.")
    }

    @Test func `the deepest nesting that is allowed does not run out of stack`() {
        // Each call of the macro goes through as many tags and operators as one may write.
        let open = String(repeating: "{% if 1 %}{% for x in [1] %}", count: 28)
        let close = String(repeating: "{% endfor %}{% endif %}", count: 28)
        let sum = String(repeating: "1 ~ (", count: 60) + "m()" + String(repeating: ")", count: 60)
        #expect(!failure("{% macro m() %}\(open){{ \(sum) }}\(close){% endmacro %}{{ m() }}").hasPrefix("no error"))
    }

    @Test func `chains of objects are released without running out of stack`() throws {
        let sources = ["namespace(x=ns.x)", "cycler(ns.x)", "[ns.x]|select", "[ns.x].count", "joiner(ns.x)"]
        for source in sources {
            let template = try JinjaTemplate(
                source:
                    "{% set ns = namespace(x=1) %}{% for i in range(40000) %}{% set ns.x = \(source) %}{% endfor %}ok")
            #expect(try template.render([:]) == "ok")
        }
    }

    @Test func `a template of ten kilobytes is read at once`() throws {
        let part =
            "{% for m in messages if m.role != 'x' %}{{ '<|' ~ m['role'] | trim ~ '|>' + m.content[1:-1] }}{% endfor %}\n"
        let source = String(repeating: part, count: 10_000 / part.utf8.count)
        let duration = try ContinuousClock().measure { _ = try JinjaTemplate(source: source) }
        // A few milliseconds on an idle machine; the rest is for busy ones.
        #expect(duration < .seconds(1))
    }
}
