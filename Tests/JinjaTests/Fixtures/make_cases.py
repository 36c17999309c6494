"""Writes what Python's jinja2 renders, for JinjaTests to compare with.

    python3 make_cases.py                                writes cases.json beside this file
    python3 make_cases.py --templates FOLDER --out OTHER writes OTHER/expectations.json for PeerTemplateTests

Needs jinja2 3.1.6, set up as transformers' apply_chat_template does; Python 3.11 made the committed file.
A case is [template, context, options]; what it renders, or the line of its error, is added here.
"""

import argparse
import calendar
import datetime
import json
import pathlib
import re
import sys

import jinja2
import jinja2.ext
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2026, 2, 3, 14, 5, 9)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_text"), [], [], body).set_lineno(line)

    def _text(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment(trim=True, lstrip=True, keep=False, strict=False):
    env = ImmutableSandboxedEnvironment(
        trim_blocks=trim,
        lstrip_blocks=lstrip,
        keep_trailing_newline=keep,
        undefined=jinja2.StrictUndefined if strict else jinja2.Undefined,
        extensions=[Generation, jinja2.ext.loopcontrols],
    )
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def error_line(error):
    if isinstance(error, jinja2.TemplateSyntaxError):
        return error.lineno
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def outcome(env, template, context):
    try:
        return {"text": env.from_string(template).render(**context)}
    except Exception as error:  # every error counts: jinja2 lets Python's own through
        return {"error": f"{type(error).__name__}: {error}"[:100], "line": error_line(error)}


# Lists of templates, each with the context of its group.
GROUPS = {}
DATA = {
    "n": 7, "f": 2.5, "s": "Hello, World", "e": "", "u": "naïve 日本 😀", "t": True, "z": None,
    "l": [3, 1, 2], "w": ["b", "A", "c"], "d": {"b": 1, "a": {"x": [10, 20]}, "items": "key"},
    "p": [{"name": "Ann", "age": 31, "tags": ["x", "y"]}, {"name": "bob", "age": 25, "tags": []},
          {"name": "Cyd", "age": 31}],
    "m": [{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "Hi"},
          {"role": "assistant", "content": "Hello"}],
}

GROUPS["numbers"] = """
{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 // -2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7 / 2 }} {{ 8 / 2 }}
{{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 0.5 }} {{ -2 ** 2 }} {{ 2 ** 3 ** 2 }}
{{ 7.5 // 2 }} {{ -7.5 // 2 }} {{ 7.5 % 2 }} {{ -7.5 % 2 }} {{ 5.0 % -3 }}
{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ -n }} {{ +n }} {{ - 3 + 5 }} {{ --3 }}
{{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 1_000_000 }} {{ 1e3 }} {{ 1.5e-3 }} {{ 1_0.5 }} {{ 0 }} {{ 00 }}
{{ 1.0 }} {{ 100000000000000000.0 }} {{ 1e16 }} {{ 9999999999999998.0 }} {{ 0.0001 }} {{ 0.00001 }} {{ 1e100 }} {{ 1/3 }}
{{ 0.1 + 0.2 }} {{ -0.0 }} {{ 123456789.123 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }} {{ 2.0 ** 70 }}
{{ true + 1 }} {{ true * 3 }} {{ true + true }} {{ false - 1.5 }} {{ true / 2 }} {{ -true }}
{{ 1 == 1.0 }} {{ 1 == true }} {{ 0 == false }} {{ 1 == '1' }} {{ none == false }} {{ 2 != 2.5 }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 3 > 2 >= 2 == 2 }} {{ 1 < 2 > 0 }} {{ 1 <= 1.0 }} {{ 'a' < 'b' }} {{ 'Z' < 'a' }}
{{ [1, 2] < [1, 3] }} {{ [1] < [1, 0] }} {{ (1, 'a') < (1, 'b') }} {{ [] == [] }} {{ [1, 2] == (1, 2) }} {{ [1] == [1.0] }}
{{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }} {{ {1: 2} == {1.0: 2} }} {{ {true: 'x'}[1] }}
{{ 7|abs }} {{ (-7)|abs }} {{ -7|abs }} {{ (-2.5)|abs }} {{ true|abs }}
{{ 42.55|round }} {{ 42.55|round(1) }} {{ 42.55|round(1, 'floor') }} {{ 42.51|round(1, 'ceil') }} {{ 2.5|round }} {{ 3.5|round }} {{ 2.675|round(2) }} {{ 42|round }} {{ 42|round(-1) }} {{ 1234.5|round(-2) }} {{ 0.5|round }} {{ -1.5|round }}
{{ '42'|int }} {{ '42.7'|int }} {{ 'x'|int }} {{ 'x'|int(5) }} {{ '0x1f'|int(0, 16) }} {{ 'ff'|int(0, 16) }} {{ ' 12 '|int }} {{ none|int }} {{ 3.99|int }} {{ -3.99|int }} {{ true|int }} {{ '1e3'|int }} {{ '1_000'|int }} {{ '0b11'|int(0, 0) }} {{ '0b11'|int(0, 2) }}
{{ '2.5'|float }} {{ 'x'|float }} {{ 'x'|float(1.5) }} {{ 3|float }} {{ '1e3'|float }} {{ ' .5 '|float }} {{ '5.'|float }} {{ 'inf'|float }} {{ 'nan'|float }} {{ '-Infinity'|float }} {{ '-.5'|float }} {{ none|float(2.0) }}
{{ 1.5|string }} {{ 7|string + '!' }} {{ n.bit_length() }} {{ f.is_integer() }} {{ (2.0).is_integer() }} {{ 255 .bit_length() }}
{{ 1000|filesizeformat }} {{ 1|filesizeformat }} {{ 999|filesizeformat }} {{ 1500000|filesizeformat }} {{ 1048576|filesizeformat(true) }} {{ 0|filesizeformat }} {{ 12.7|filesizeformat }}
{{ 3 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(4) }} {{ 3 is number }} {{ true is number }} {{ true is integer }} {{ 1.0 is float }} {{ 1 is boolean }} {{ 3.0 is odd }}
{{ 1 is eq 1 }} {{ 1 is ne(2) }} {{ 1 is lt 2 }} {{ 2 is ge 2 }} {{ 2 is greaterthan 1 }} {{ 1 is sameas 1 }} {{ 1 is sameas true }} {{ true is sameas true }} {{ 1 is in [1, 2] }} {{ 3 is in([1]) }} {{ 1 is not in [2] }}
{{ n.real }} {{ n.imag }} {{ f.real }} {{ true.numerator }} {{ n.denominator }} {{ '{0.real}'.format(n) }}
"""

GROUPS["strings"] = r"""
{{ 'a' + 'b' }} {{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ 'a' * 0 }} {{ 'a' * -1 }} {{ 'a' ~ 1 ~ none ~ 2.0 ~ [1] }} {{ 'a' 'b' "c" }}
{{ 'it''s' }} {{ "it's" }} {{ 'say "x"' }} {{ 'a\nb\tc\\d\'e\"' }} {{ '\x41\u00e9\U0001F600\101\q\0' | length }} {{ "\u65e5" }}
{{ u[0] }} {{ u[2] }} {{ u[-1] }} {{ u|length }} {{ u[6:8] }} {{ u[::-1] }} {{ u[:3] }} {{ u[-3:] }} {{ u[::2] }} {{ u[100:] }} {{ u[5:2] }} {{ s[1:-1:3] }} {{ s[-1:0:-2] }} {{ s[:] }}
{{ s.upper() }} {{ s.lower() }} {{ s.title() }} {{ "they're bill's".title() }} {{ 'hELLO wORLD'.capitalize() }} {{ 'Ab'.swapcase() }} {{ 'straße'.upper() }} {{ 'ΑΣ'.lower() }} {{ 'ǆ'.title() }} {{ 'ﬁ'.capitalize() }}
{{ '  x '.strip() ~ '|' }} {{ '  x '.lstrip() ~ '|' }} {{ '  x '.rstrip() ~ '|' }} {{ 'xxaxx'.strip('x') }} {{ 'abcba'.strip('ab') }} {{ '\n\t x\u2003'.strip() }} {{ 'x'.strip(none) }} {{ 'abc'.lstrip('') }}
{{ 'a,b,c'.split(',') }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a  b '.split() }} {{ ' a  b c '.split(none, 1) }} {{ ' a b  c '.rsplit(none, 1) }} {{ ''.split() }} {{ ''.split(',') }} {{ 'aXXbXX'.split('XX') }} {{ 'a b'.split(' ', maxsplit=0) }} {{ 'a--b'.split(sep='-') }}
{{ 'a</think>b'.split('</think>')[-1] }} {{ 'a</think>b'.split('</think>')[0].split('<think>')[-1].lstrip('\n') }}
{{ 'a\nb\r\nc\rd\n'.splitlines() }} {{ 'a\nb\n'.splitlines(true) }} {{ ''.splitlines() }} {{ 'a\x0bb\u2028c'.splitlines() }}
{{ 'abc'.startswith('ab') }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith('b', 1) }} {{ 'abc'.endswith('b', 0, 2) }} {{ ''.startswith('') }} {{ 'abc'.startswith('') }} {{ 'a'.endswith('') }}
{{ 'abcabc'.find('c') }} {{ 'abcabc'.rfind('c') }} {{ 'abc'.find('x') }} {{ 'abcabc'.find('c', 3) }} {{ 'abcabc'.count('bc') }} {{ 'aaa'.count('aa') }} {{ 'abc'.count('') }} {{ 'abc'.index('b') }} {{ 'abc'.find('') }} {{ 'abcabc'.rfind('a', 1) }} {{ 'abc'.rindex('c') }}
{{ 'aaa'.replace('a', 'b') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'abc'.replace('', '-') }} {{ 'abc'.replace('', '-', 2) }} {{ 'abc'.replace('x', 'y') }} {{ ''.replace('', 'x') }}
{{ ', '.join(['a', 'b']) }} {{ '-'.join('abc') }} {{ ''.join([]) }} {{ ','.join({'x': 1, 'y': 2}) }}
{{ 'abc'.partition('b') }} {{ 'abc'.partition('x') }} {{ 'abcbd'.rpartition('b') }} {{ 'abc'.rpartition('x') }} {{ 'abc'.removeprefix('a') }} {{ 'abc'.removesuffix('bc') }} {{ 'abc'.removesuffix('') }}
{{ 'ab'.center(5) ~ '|' }} {{ 'ab'.center(5, '*') }} {{ 'abc'.center(6, '*') }} {{ 'ab'.ljust(4, '.') }} {{ 'ab'.rjust(4) }} {{ '42'.zfill(5) }} {{ '-42'.zfill(5) }} {{ 'ab'.zfill(1) }} {{ 'a\tb'.expandtabs(4) }}
{{ '12'.isdigit() }} {{ '²'.isdigit() }} {{ '²'.isdecimal() }} {{ '½'.isnumeric() }} {{ 'ab'.isalpha() }} {{ 'a1'.isalnum() }} {{ ' '.isspace() }} {{ ''.isspace() }} {{ 'Ab'.islower() }} {{ 'ab1'.islower() }} {{ 'AB'.isupper() }} {{ 'Ab Cd'.istitle() }} {{ 'a_1'.isidentifier() }} {{ '1a'.isidentifier() }} {{ 'é'.isascii() }} {{ 'a\n'.isprintable() }} {{ '日本'.isalpha() }} {{ '1'.isupper() }}
{{ '%s is %d' % ('x', 3) }} {{ '%s' % 'x' }} {{ '%5.2f|%-6s|%06d|%+d|%x|%X|%o|%e|%g|%%' % (3.14159, 'ab', 42, 5, 255, 255, 8, 12345.678, 0.0001) }} {{ '%(a)s-%(b)03d' % {'a': 1, 'b': 2} }} {{ '%r' % 'x' }} {{ '%s' % [1] }} {{ '%c' % 65 }} {{ '%10s|' % 'é' }} {{ '%.2s' % 'abc' }} {{ '%d' % 3.9 }} {{ '%5d|%-5d|' % (1, 2) }} {{ '% d' % 5 }} {{ '%#x' % 255 }}
{{ '%.0f %.0f %.0f %.1f %.3f' % (0.5, 1.5, 2.5, 0.05, 1e10) }} {{ '%g %g %g %g' % (1e20, 123456789, 0.00001234, 100000) }} {{ '%.3e' % 0 }} {{ '%g' % 0.0 }} {{ '%.10f' % 0.1 }} {{ '%.20f' % 0.1 }}
{{ '{} and {}'.format(1, 'b') }} {{ '{1}{0}'.format('a', 'b') }} {{ '{x}-{y[0]}'.format(x=1, y=[5]) }} {{ '{:>5}|{:<5}|{:^5}|'.format('a', 'b', 'c') }} {{ '{:05d}|{:,}|{:.2f}|{:x}|{:%}'.format(42, 1234567, 3.14159, 255, 0.5) }} {{ '{{}}'.format() }} {{ '{!r}'.format('x') }} {{ '{:*^7}'.format('ab') }} {{ '{:+}'.format(3) }} {{ '{:{w}}|'.format('a', w=4) }} {{ '{:e}'.format(1234.5) }} {{ '{:g}'.format(0.1) }} {{ '{:b}'.format(5) }} {{ '{:10.3}|'.format('abcdef') }} {{ '{:_}'.format(1234567) }} {{ '{:8.2f}|'.format(-3.14159) }} {{ '{:08.2f}'.format(-3.14159) }} {{ '{0.name}'.format({'name': 'k'}) }}
{{ 'b' in 'abc' }} {{ 'x' not in 'abc' }} {{ '' in 'abc' }} {{ '日' in u }}
{{ 'abc' == 'abc' }} {{ 'é' == 'é' }} {{ ['é', 'é']|unique|list|length }}
{{ s is string }} {{ s is upper }} {{ 'ab' is lower }} {{ s is sequence }} {{ s is iterable }} {{ s is mapping }} {{ 'a' is callable }} {{ s.upper is callable }}
{{ 'x'|upper }} {{ 'X'|lower }} {{ 'hello world'|title }} {{ "it's a-b (c) [d] {e}"|title }} {{ 'hELLO'|capitalize }} {{ ' x '|trim ~ '|' }} {{ 'xxaxx'|trim('x') }} {{ 5|upper }} {{ [1]|upper }} {{ none|lower }}
{{ 'a b'|replace(' ', '_') }} {{ 'aaa'|replace('a', 'b', 2) }} {{ 5|replace(5, 6) }} {{ 'x'|center(5) ~ '|' }} {{ 'a<b>&"\''|e }} {{ '<b>'|escape }} {{ '<b>x</b> y'|striptags }} {{ 'foo bar baz qux'|truncate(9) }} {{ 'foo bar baz qux'|truncate(9, true) }} {{ 'foo bar baz qux'|truncate(11) }} {{ 'foo bar baz qux'|truncate(11, false, '…', 0) }} {{ 'Hello 日本 x_y'|wordcount }}
{{ 'a\nb\n\nc'|indent }} {{ 'a\nb\n\nc'|indent(2, true) }} {{ 'a\nb\n\nc'|indent(2, blank=true) }} {{ 'a\nb'|indent('> ', true) }} {{ ''|indent }} {{ 'a\n'|indent ~ '|' }} {{ 'a\r\nb'|indent }}
{{ 'a b/c?é'|urlencode }} {{ {'a b': 1, 'c': 'x/y'}|urlencode }} {{ [('a', 1)]|urlencode }} {{ {'class': 'x', 'id': none, 'n': 3}|xmlattr }} {{ {'a': '<'}|xmlattr(false) }}
{{ '%s-%s'|format('a', 2) }} {{ '%(x)s'|format(x=5) }} {{ 'abc'|first }} {{ 'abc'|last }} {{ 'abc'|list }} {{ 'abc'|reverse }} {{ 'abc'|length }} {{ 'cab'|sort }} {{ 'cab'|join('-') }} {{ 'banana'|unique|join }} {{ 'cab'|max }}
{{ 'The quick brown fox jumps over the lazy dog'|wordwrap(15) }} {{ 'a-very-long-hyphenated-word and more'|wordwrap(10) }} {{ 'abcdefghijkl mno'|wordwrap(5) }} {{ 'abcdefghijkl mno'|wordwrap(5, false) }} {{ 'one\n\ntwo three'|wordwrap(4) }} {{ 'aa bb cc'|wordwrap(5, wrapstring='/') }} {{ '  lead  mid  '|wordwrap(8) ~ '|' }}
{{ 'a\tb\x00\x7f\u200b\xa0é日\\\'' | list }} {{ ["it's", 'say "x"', 'both \' and "'] }}
{{ 'ab'.find('', 7) }} {{ 'ab'.rfind('', 7) }} {{ ''.find('', 1, none) }} {{ 'ab'.count('', 3) }} {{ 'abc'.find('', 2, 1) }} {{ ''.startswith('', 7) }} {{ 'ab'.endswith('', 3) }} {{ 'ab'.find('', 2) }}
{{ 'x' % l }} {{ 'x' % missing }} {{ '%s|' % missing }} {{ '%a' % u }} {{ '{!a}'.format(u) }} {{ 'ßﬁŉſς'.casefold() }}
{{ l|truncate(9) }} {{ missing|truncate(5) }} {{ d.b.c|default('none') }}
"""

GROUPS["collections"] = """
{{ [1, 'a', none, true, 2.0, [1], {'k': 'v'}, (1,), (), (1, 2)] }} {{ {} }} {{ [] }} {{ {'a': [1, {'b': none}]} }} {{ {1: 'x', none: 'y', 2.5: 'z', (1, 2): 't'} }}
{{ l + [4] }} {{ l * 2 }} {{ [1] + [] }} {{ (1, 2) + (3,) }} {{ l[0] }} {{ l[-1] }} {{ l[1:] }} {{ l[::-1] }} {{ l[:-1] }} {{ l[5] is defined }} {{ l[-4] is defined }} {{ l.0 }} {{ p[0].tags.1 }} {{ (1, 2, 3)[1:] }}
{{ d.b }} {{ d['b'] }} {{ d.a.x[1] }} {{ d['items'] }} {{ d.items is callable }} {{ d.missing is defined }} {{ d.get('b') }} {{ d.get('zz') }} {{ d.get('zz', 5) }} {{ d.missing }} {{ d.get('a').x }} {{ d['a']['x'][0] }} {{ d|attr('b') is defined }}
{{ d.keys()|list }} {{ d.values()|list }} {{ d.items()|list }} {{ d.keys() }} {{ d.values() }} {{ {'a': 1}.items() }} {{ d|length }} {{ d|list }} {{ d.copy().b }} {{ d.keys()|length }} {{ d.items()|length }}
{{ 'b' in d }} {{ 'x' in d }} {{ 1 in l }} {{ 9 not in l }} {{ 1 in (1, 2) }} {{ 1.0 in l }} {{ [1] in [[1]] }} {{ 'b' in d.keys() }} {{ 1 in d.values() }} {{ ('b', 1) in d.items() }} {{ 5 in range(10) }} {{ none in [none] }}
{{ l.index(1) }} {{ l.count(2) }} {{ (1, 1).count(1) }} {{ l|first }} {{ l|last }} {{ l|length }} {{ l|count }} {{ l|sum }} {{ l|min }} {{ l|max }} {{ l|sort }} {{ l|sort(reverse=true) }} {{ l|reverse|list }} {{ l|join(', ') }} {{ l|list }} {{ []|first is defined }} {{ []|max is undefined }} {{ []|sum }} {{ [[1], [2]]|sum(start=[]) }}
{{ w|sort }} {{ w|sort(case_sensitive=true) }} {{ w|sort(true) }} {{ w|max }} {{ w|min(case_sensitive=true) }} {{ ['a', 'A', 'b']|unique|list }} {{ ['a', 'A', 'b']|unique(true)|list }} {{ [1, 1.0, true, 2]|unique|list }}
{{ p|map(attribute='name')|list }} {{ p|map(attribute='tags.0', default='-')|list }} {{ p|map(attribute='zip', default=0)|join }} {{ w|map('upper')|join }} {{ l|map('string')|list }} {{ [' a ']|map('trim')|list }} {{ ['a-b', 'c-d']|map('replace', '-', '+')|list }} {{ l|map('float')|sum }} {{ [[1, 2], [3]]|map('length')|list }} {{ [[2, 1]]|map('sort', reverse=true)|list }} {{ ['1', 'x']|map('int', default=9)|list }}
{{ l|select('odd')|list }} {{ l|reject('odd')|list }} {{ l|select('gt', 1)|list }} {{ l|select('in', [1, 2])|list }} {{ [0, 1, '', 'a', none]|select|list }} {{ [0, 1, '']|reject|list }} {{ p|selectattr('age', 'eq', 31)|map(attribute='name')|join(',') }} {{ p|rejectattr('age', 'equalto', 31)|map(attribute='name')|list }} {{ p|selectattr('tags')|list|length }} {{ p|selectattr('tags', 'defined')|list|length }} {{ p|rejectattr('tags', 'undefined')|map(attribute='name')|list }} {{ []|select('odd')|list }} {{ m|selectattr('role', '==', 'user')|map(attribute='content')|first }}
{{ p|sort(attribute='age')|map(attribute='name')|join(',') }} {{ p|sort(attribute='name')|map(attribute='name')|join(',') }} {{ p|sort(attribute='age,name', reverse=true)|map(attribute='name')|join(',') }} {{ p|sum(attribute='age') }} {{ p|max(attribute='age')|attr('x') is defined }} {{ (p|min(attribute='age')).name }} {{ p|join('/', attribute='name') }} {{ p|unique(attribute='age')|map(attribute='name')|list }}
{% for g in p|groupby('age') %}{{ g.grouper }}:{{ g.list|map(attribute='name')|join('+') }};{% endfor %} {% for age, people in p|groupby('age') %}{{ age }}={{ people|length }} {% endfor %} {% for k, v in [{'c': 'x'}, {'c': 'X'}, {}]|groupby('c', default='none') %}{{ k }}{{ v|length }};{% endfor %}
{% for row in range(7)|batch(3) %}{{ row }}{% endfor %} {% for row in range(7)|batch(3, 'x') %}{{ row }}{% endfor %} {% for col in range(7)|slice(3) %}{{ col }}{% endfor %} {% for col in range(7)|slice(3, 'x') %}{{ col }}{% endfor %}
{{ d|dictsort|map('first')|list }} {{ {'b': 1, 'A': 2, 'c': 0}|dictsort }} {{ {'b': 1, 'A': 2}|dictsort(true) }} {{ {'b': 1, 'A': 2, 'c': 0}|dictsort(by='value') }} {{ {'b': 1, 'A': 2}|dictsort(reverse=true) }} {{ d|items|list }} {{ missing|items|list }}
{{ range(5)|list }} {{ range(2, 5)|list }} {{ range(5, 0, -2)|list }} {{ range(3) }} {{ range(1, 4, 2) }} {{ range(5)[1] }} {{ range(5)[-1] }} {{ range(5)[1:3] }} {{ range(0) |length }} {{ range(10)|length }} {{ range(3) == range(0, 3) }} {{ range(5)[::2]|list }} {{ range(3, 0)|list }} {{ range(4)|last }}
{{ dict(a=1, b='x') }} {{ dict({'a': 1}, b=2) }} {{ dict([('k', 'v')]) }} {{ dict() }} {{ dict(d, b=9).b }} {{ dict(p[0].items()).name }}
{{ l is iterable }} {{ l is sequence }} {{ d is mapping }} {{ d is sequence }} {{ 5 is iterable }} {{ none is none }} {{ z is none }} {{ missing is none }} {{ missing is sequence }} {{ missing is iterable }} {{ l is mapping }} {{ range(2) is sequence }} {{ d.items() is sequence }} {{ d.items() is iterable }} {{ (l|map('string')) is sequence }} {{ (l|map('string')) is iterable }}
{{ (l|map('string')) is string }} {{ 'y' if l|select('gt', 99) else 'n' }} {% set g = l|map('string') %}{{ g|join }}-{{ g|join }} {% set g = l|map('string') %}{{ g|first }}{{ g|list }}
{{ d|tojson }} {{ [1, 2.5, none, true, 'é"\\n', {'a': []}]|tojson }} {{ {'b': {}, 'a': [1]}|tojson(indent=2) }} {{ {'b': 1, 'a': 2}|tojson(sort_keys=true) }} {{ 'é😀\\x7f'|tojson(ensure_ascii=true) }} {{ [1, {'a': 2}]|tojson(separators=(',', ':')) }} {{ []|tojson(indent=4) }} {{ (1, 2)|tojson }} {{ {1: 2, true: 3, none: 4}|tojson }} {{ '<a href="x">&\\u2028'|tojson }} {{ 1e20|tojson }} {{ [[], [1, [2]]]|tojson(indent=1) }} {{ '\\x01\\b\\f\\r\\t/'|tojson }} {{ {'a': 1}|tojson(indent='\\t') }} {{ {'a': 1}|tojson(indent=0) }}
{{ l|string }} {{ d|string|length }} {{ none|string }} {{ l|pprint }} {{ [1, [2, (3,)]]|string }} {{ true|string|lower }} {{ none|default('x') }} {{ missing|default('x') }} {{ missing|d }} {{ ''|default('x') }} {{ ''|default('x', true) }} {{ none|d('y', boolean=true) }} {{ d.nope|default(d.b) }} {{ 0|default(5, true) }}
{{ not l }} {{ not [] }} {{ [] or 'x' }} {{ 0 or '' }} {{ 1 and 2 }} {{ '' and 2 }} {{ none or {} }} {{ l and l[0] }} {{ not '' and not none }} {{ 1 if [] else 2 }} {{ 'a' if false }}| {{ 'x' if t and not z else 'y' }} {{ 1 if 0 else 2 if 0 else 3 }} {{ not 1 == 2 }}
{{ l[true] }} {{ 'abc'[false] }} {{ {'a': 1}['upper'] is defined }} {{ 'abc'['upper']() }} {{ l['index'](2) }} {{ {'a': {'b': 1}}['a'].b }} {{ {(1, 2): 'x'}[1, 2] }}
{{ d.b if d.b is defined and d.b > 0 else 'no' }}
{{ {'a': 1, 'a': 2} }} {{ {'k': 'v'}|items|map('join', '=')|join('&') }} {{ [{'a': 1}, {'a': 2}]|map(attribute='a')|map('string')|join }} {{ [3, 1]|sort|first }}
{{ p|map(attribute='tags')|list }} {{ p|map(attribute='nick')|join('-') }} {{ p|map(attribute='nick', default=none)|list }} {{ p[:1]|map(attribute='tags.0')|first }} {{ [{}]|map(attribute='x')|first is defined }}
{{ missing|map('upper')|first }} {{ []|select|first is defined }} {{ []|map('upper')|first is none }} {{ ''|rejectattr('x', 'string')|first }} {{ l|select('gt', 9)|first|default('none') }}
{{ none|map('upper')|list }} {{ 0|map(attribute='x')|list }} {{ none|selectattr('x')|list }} {{ false|reject|list }}
{{ l[true:] }} {{ range(9)[2:8:3] }} {{ range(9)[::-4]|list }}
"""

GROUPS["statements"] = r"""
{% if n > 5 %}big{% elif n > 2 %}mid{% else %}small{% endif %} {% if e %}x{% else %}y{% endif %} {% if missing %}x{% endif %}| {% if not missing and l %}z{% endif %}
{% for x in l %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %} {% for x in [] %}x{% else %}empty{% endfor %} {% for x in missing %}x{% else %}none{% endfor %} {% for c in 'añ😀' %}[{{ c }}]{% endfor %} {% for k in d %}{{ k }} {% endfor %} {% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}
{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %} {% for x in l %}{{ loop.previtem|default('-') }}<{{ x }}>{{ loop.nextitem|default('-') }} {% endfor %} {% for x in [1, 1, 2, 2, 1] %}{{ loop.cycle('a', 'b', 'c') }}{{ loop.changed(x) }} {% endfor %} {% for x in l %}{{ loop }}{% endfor %}
{% for x in l if x > 1 %}{{ loop.index }}:{{ x }} {% endfor %} {% for x in l if x > 9 %}x{% else %}nothing{% endfor %} {% for a, b in [[1, 2], (3, 4)] %}{{ a }}-{{ b }} {% endfor %} {% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %} {% for x in 1, 2, 3 %}{{ x }}{% endfor %} {% for x in l if loop is defined %}x{% endfor %}|
{% for x in range(10) %}{% if x == 3 %}{% continue %}{% endif %}{% if x == 6 %}{% break %}{% endif %}{{ x }}{% endfor %} {% for x in [1] %}{% break %}{% else %}else{% endfor %} {% for x in [1, 2] %}{{ x }}{% break %}{% else %}else{% endfor %} {% for x in [1, 2] %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% else %}else{% endfor %} {% for x in [1, 2] %}{% continue %}{% else %}else{% endfor %}
{% for x in [[1, [2, [3]]], [4]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %} {% for x in [1, [2, 3]] recursive %}{{ loop.index }}{% if x is iterable %}<{{ loop(x) }}>{% endif %}{% else %}none{% endfor %}
{% set x = 1 %}{% for i in l %}{% set x = i %}{{ x }}{% endfor %}{{ x }} {% set x = 5 %}{% if true %}{% set x = 6 %}{% endif %}{{ x }} {% set a, b = 1, 2 %}{{ a }}{{ b }} {% set (a, b) = [3, 4] %}{{ a }}{{ b }} {% set t = 1, %}{{ t }} {% set x %}block {{ n }}{% endset %}{{ x }} {% set x | upper | trim %} block {% endset %}{{ x }}| {% set x %}{% set y = 3 %}{{ y }}{% endset %}{{ x }}{{ y is defined }}
{% for i in [1, 2] %}{{ q is defined }}{% set q = i %}{{ q }}{% endfor %}{{ q is defined }} {% for i in [1, 2] %}{% for j in [1] %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}
{% set ns = namespace(x=0, found=false) %}{% for i in l %}{% set ns.x = ns.x + i %}{% if i == 1 %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.x }}{{ ns.found }} {% set ns = namespace() %}{% set ns.a = [1] %}{{ ns.a }}{{ ns.b is defined }} {% set ns = namespace({'k': 'v'}) %}{{ ns.k }} {{ ns }} {% set ns.t %}blk{% endset %}{{ ns.t }} {% set ns.k, y = 1, 2 %}{{ ns.k }}{{ y }}
{% macro m(a, b=2, c='x') %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1, c='z') }}{{ m(b=5, a=4) }}{{ m() }}{{ m(1, 2, 3) }} {% macro v() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ v(1, 2, k='x') }} {{ m.name }}{{ m.arguments }} {% macro q(a, b=a ~ '!') %}{{ b }}{% endmacro %}{{ q('x') }} {{ m is callable }} {% macro w(a) %}{{ a is defined }}{% endmacro %}{{ w() }}{{ w(none) }}
{% macro box(title) %}<{{ title }}>{{ caller() }}</{{ title }}>{% endmacro %}{% call box('b') %}in{{ n }}{% endcall %} {% macro each(xs) %}{% for x in xs %}{{ caller(x, loop.index) }}{% endfor %}{% endmacro %}{% call(x, i) each(l) %}{{ i }}:{{ x }} {% endcall %} {% macro opt() %}{{ caller is defined }}{{ 'yes' if caller else 'no' }}{% endmacro %}{{ opt() }}{% call opt() %}{% endcall %}
{% macro fact(k) %}{{ 1 if k <= 1 else k * (fact(k - 1)|int) }}{% endmacro %}{{ fact(10) }} {% macro a() %}A{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }} {% set y = 1 %}{% macro late() %}{{ y }}{% endmacro %}{% set y = 2 %}{{ late() }} {% macro scope() %}{% set y = 9 %}{{ y }}{% endmacro %}{{ scope() }}{{ y }}
{% filter upper %}hello {{ s }}{% endfilter %} {% filter replace('l', 'L')|trim %} hello {% endfilter %}| {% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }} {% with %}{% set z = 3 %}{{ z }}{% endwith %} {% set a = 1 %}{% with a = a + 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}
{% raw %}{{ not }} {% this %}{# either #}{% endraw %} {%- raw -%}  x  {%- endraw -%} y {% raw %}{{ '{%' }}{% endraw %} {# comment {{ x }} #}| {#- strip -#} x
{% generation %}in {{ n }}{% set gg = 1 %}{% endgeneration %}{{ gg is defined }} {% print 'a', 1 %} {% block name %}blk {{ n }}{% endblock %} {% if t: %}colon{% endif %} {% autoescape false %}<{% endautoescape %} {% block b2 scoped %}x{% endblock b2 %}
{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set _ = c.reset() %}{{ c.next() }} {% set j = joiner('|') %}{% for x in l %}{{ j() }}{{ x }}{% endfor %} {% set j = joiner() %}{{ j() }}{{ j() }}
{{ strftime_now('%Y-%m-%d %H:%M:%S %A %B %d %b %a %j %y %p %I %e %-d %-m %U %W %u %w %V %G %F %T %D %R %% %h %c %x %X') }} {{ strftime_now('%d %b %Y') }}
{{ ('<b>'|safe) + '<i>' }} {{ '<' + ('>'|e) }} {{ '<b>'|e|e }} {{ ('<b>'|safe).strip() + '&' }} {{ ['<'|e, '>']|join('&') }} {{ ('<a>%s'|safe) % '<' }} {{ 'x'|safe is escaped }} {{ 'x' is escaped }} {{ ('<'|safe) ~ '>' }} {{ ('a'|safe) == 'a' }} {{ {'k': 'v'}['k'|safe] }} {{ ('<ab>'|safe)[:2] + '<' }} {{ 'b'|safe in 'abc' }} {{ ['a'|safe] }} {{ ('<b>'|safe)|upper + '<' }} {{ ('<'|safe) * 2 + '<' }} {{ 'a'|safe|tojson }} {{ ('<a> b'|safe)|trim|replace('a', '<') }} {{ (5|e) + '<' }}
{{ n.__class__ is defined }} {{ ''.__class__ }}| {{ l.append is defined }} {{ d.update is defined }} {{ range is callable }} {{ raise_exception is defined }} {{ 'upper' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }} {{ missing is undefined }} {{ missing == other }} {{ missing }}| {{ [missing] }} {{ missing|length }} {{ missing|list }} {{ missing ~ 'x' }} {{ missing|string }}| {{ missing|upper }}|
{% for message in m %}{{ '<|' ~ message.role ~ '|>\n' ~ message['content']|trim ~ '<|end|>\n' }}{% endfor %}{% if true %}{{ '<|assistant|>\n' }}{% endif %}
{% if m[0].role == 'system' %}{% set sys = m[0].content %}{% set rest = m[1:] %}{% else %}{% set rest = m %}{% endif %}{{ sys|trim }}:{% for x in rest %}{% if (x.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles') }}{% endif %}{{ x.content }};{% endfor %}
{%- for x in m -%} {{ x.role }} {%- endfor -%} {{- '' -}} end {% for x in l -%} {{ x }} {%- endfor %} {% for x in l +%} {{ x }} {% endfor %} {{ 'a' -}}   b   {{- 'c' }}
{% if missing is defined and missing.foo %}x{% else %}safe{% endif %} {% if d.zip is not defined or d.zip.code %}ok{% endif %} {{ (missing or {}).get('x', 'dflt') }} {{ (d.nope or {}).deep }}| {{ d.a.nope|default('dd') }} {% if unknown_filter_guard %}{{ 1|nosuch }}{% endif %}ok {{ 1 if true else 2|nosuch }}
"""

# Whitespace matters here, so these are lists: [template, options].
WHITESPACE = [
    "  {% if true %}\n  x\n  {% endif %}\n  y\n", "a\n  {%- if true %}\n b\n {%- endif %}\n c", "{% if true -%}\n\n  x {%- endif -%}  \n y",
    "a {{- 1 -}} b", " {{ 1 }} \n {{ 2 }}\n", "x\n   {# c #}\ny", "x {# c #}\ny", "x\n  {#- c -#}\n  y", "{# a #}\n\nb", "\n\n{% set a = 1 %}\n\nb",
    "a\n  {%+ if true %}\n  b\n  {%+ endif %}\nc", "{% if true +%}\nx{% endif +%}\ny", "x  {% raw %}\n a {% endraw %}\n b", "x\n  {% raw %} {{ a }} {% endraw %}\n b",
    "x\n  {%- raw -%}\n {{ a }} \n{%- endraw -%}\n b", "a\r\nb\r{{ 'c\r\nd' }}\n", "line\n", "line\n\n", "\n", "", "   ", "{{ 'x' }}\n", "{% for i in [1,2] %}\n{{ i }}\n{% endfor %}\n",
    "{% for i in [1,2] %}\n  {{ i }}\n  {% if i == 1 %}\n    one\n  {% endif %}\n{% endfor %}\nend", "\t{% if true %}\tx\t{% endif %}\t\n", "a  {% if true %}  b  {% endif %}  c",
    "{%- if true %}\n  a\n{%- else %}\n  b\n{%- endif %}\n", "  {{- 'x' }}", "{{ 'x' -}}  ", "x\n{% set y %}\n  text\n{% endset %}\n[{{ y }}]", "{% macro m() %}\n  body\n{% endmacro %}\n[{{ m() }}]",
    "\u00a0{% if true %}x{% endif %}", "\u2003\n\u2003{%- if true %}x{% endif %}", "{% if true %}{# c #}\n{% endif %}\nz", "{#\n multi\n#}\nx", "a{#- c #} b", "a {#+ c +#}\n b", "{{ {'a': {'b': 1}}['a'] }}}", "{{ '}}' }} {{ '%}' }}",
    "{{'a'}}{{'b'}}\n{{'c'}}", "{ {x} }", "{", "a { b", "{{ '{{' }}", "%} }} #}", "  {% set a = 1 %}  {% set b = 2 %}\nx", "x {%- set a = 1 -%} \n y", "\n  {% if true %}\n\n{% endif %}", "a\n\n\n{%- if true -%}\n\n\nb{% endif %}",
    "{%if true%}x{%endif%}", "{%-if true-%} x {%-endif-%}", "{{-1}}", "{{- 1}} {{+1}} {{ -1}}", "a {{-  1  -}} b", "{% raw %}{% endraw %}x", "{% raw -%} x {%+ endraw %}\ny", "  {%- raw %} x {% endraw -%}  y",
]
WHITESPACE_OPTIONS = [{}, {"trim": False, "lstrip": False}, {"trim": True, "lstrip": False, "keep": True}, {"trim": False, "lstrip": True}]

ERRORS = r"""
{{ l|map(attribute='x.y')|list }}
{{ missing[1:] }}
{{ l[::0] }}
{{ '%*d' % ('a', 1) }}
{{ '{} {0}'.format(1) }}
{{ '{:,}'.format('a') }}
{{ [1]|truncate(0, end='', leeway=0) }}
{{ foo|nosuch }}|{{ 1 is nosuch }}|{{ x.y.z }}|{{ x + 1 }}|{{ 1 + 'a' }}|{{ 'a' + 1 }}|{{ [1] + (2,) }}|{{ 1 / 0 }}|{{ 1 // 0 }}|{{ 1 % 0 }}|{{ 1.0 % 0 }}|{{ 'a' < 1 }}|{{ none < 1 }}|{{ {} < {} }}
{{ x[0] }}|{{ x() }}|{{ 5() }}|{{ 'a'.nope() }}|{{ l.append(1) }}|{{ d.update({}) }}|{{ -'a' }}|{{ {[1]: 2} }}|{{ 1 in 5 }}|{{ 1 in 'a' }}|{% for x in 5 %}{% endfor %}|{% for x in none %}{% endfor %}|{% for a, b in [1] %}{% endfor %}|{% for a, b in [[1]] %}{% endfor %}
{{ raise_exception('no way') }}|{{ range(1000000) }}|{{ range() }}|{{ range(1, 2, 0) }}|{{ 'a'|int|nosuch }}|{{ x|tojson }}|{{ [x]|tojson }}|{{ l|map('nosuch')|list }}|{{ l|select('nosuch')|list }}|{{ (l|map('string'))|length }}|{{ ['a', 1]|sort }}|{{ 5|length }}|{{ none|length }}|{{ [1]|sum(start='') }}
{{ 'abc'.index('x') }}|{{ [1].index(5) }}|{{ 'a'.join([1]) }}|{{ ''.split('') }}|{{ 'abc'.startswith(1) }}|{{ '%d' % 'a' }}|{{ '%s %s' % 'a' }}|{{ '%s' % (1, 2) }}|{{ '{}'.format() }}|{{ '{x}'.format(y=1) }}|{{ 'abc'|truncate(1) }}|{{ 5|round(0, 'odd') }}|{{ [1, 2]|batch }}|{{ 'a'|replace('b') }}
{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}|{% macro m(a) %}{% endmacro %}{{ m(b=1) }}|{% macro m(a) %}{% endmacro %}{% call m(1) %}{% endcall %}|{% set ns = 1 %}{% set ns.x = 2 %}|{{ loop.index }}|{% for x in [1] %}{{ loop(x) }}{% endfor %}|{{ caller() }}|{{ 'a'.upper(1) }}|{{ 1|default(1, 2, 3) }}|{{ 'x'|upper(1) }}|{{ {}.get() }}|{{ 1|abs(2) }}
{{|{{ }}|{{ 1 + }}|{{ 1 2 }}|{{ (1 }}|{{ [1, 2 }}|{{ {'a' 1} }}|{{ 'abc }}|{% if %}{% endif %}|{% if x %}|{% for x %}{% endfor %}|{% for x in %}{% endfor %}|{% endif %}|{% else %}|{% nosuch %}|{% if x %}{% endfor %}|{{ x | }}|{{ x is }}|{{ x. }}|{{ x[] }}|{{ a ? b }}|{{ a $ b }}|{% set %}|{% set x %}|{% set 1 = 2 %}|{% set none = 2 %}
{% macro %}{% endmacro %}|{% macro m( %}{% endmacro %}|{% macro m(a=1, b) %}{% endmacro %}|{# x|{% break %}|{% continue %}|{% if true %}{% break %}{% endif %}|{% for x in [1] %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}|{% call x %}{% endcall %}|{% filter %}{% endfilter %}|{{ f(a=1, 2) }}|{{ f(**a, b) }}|{% for loop in [1] %}{{ loop.index }}{% endfor %}|{{ x|f. }}|{{ 1 is odd is even }}|{{ not }}|{{ }|{% %}|{% 5 %}|{{ "a\xz" }}|{{ "\u12" }}|{{ a b }}|{% include 'x' %}|{% extends 'x' %}|{% import 'x' as y %}|{% from 'x' import y %}|{% do x %}
"""

# Each runs on line 3 of a template, so that the line of the error says something.
def error_cases():
    for row in ERRORS.strip().split("\n"):
        yield from re.split(r"\|(?=\{[{%#])", row)


def small_cases():
    for group, text in GROUPS.items():
        for row in text.strip("\n").split("\n"):
            yield group, row


VARIABLES = [
    "{{ a }} {{ b.c }} {{ d[e] }}", "{% for x in xs %}{{ x }}{{ loop.index }}{% endfor %}{{ y }}", "{% set a = 1 %}{{ a }}{{ b }}",
    "{% macro m(p, q=r) %}{{ p }}{{ q }}{{ s }}{{ varargs }}{% endmacro %}{{ m(t) }}", "{{ x|default(y) }}{{ z is defined }}",
    "{% with a = b %}{{ a }}{% endwith %}", "{% for a, b in c %}{{ a }}{{ b }}{% else %}{{ e }}{% endfor %}", "{{ range(n) }}{{ namespace() }}{{ dict() }}",
    "{% set ns = namespace(x=v) %}{% set ns.x = w %}", "{% if a %}{{ b }}{% elif c %}{{ d }}{% else %}{{ e }}{% endif %}", "{% call(x) f(y) %}{{ x }}{{ z }}{% endcall %}",
    "{% filter replace(a, b) %}{{ c }}{% endfilter %}", "{{ {'k': v, w: 1} }}{{ [x, (y,)] }}{{ a[b:c] }}", "{% for x in xs if x.y > lim %}{% endfor %}", "{% set t %}{{ u }}{% endset %}{{ t }}", "{{ f(a, *b, k=c, **d) }}", "{% for x in x %}{{ x }}{% endfor %}", "{{ now }}{% set now = 1 %}",
]


def write_cases(path):
    cases = []
    for group, template in small_cases():
        # One case an output tag would triple the file; instead a row is cut where an error would hide the rest.
        cases.append({"group": group, "template": template, **outcome(environment(), template, DATA)})
    for template in WHITESPACE:
        for options in WHITESPACE_OPTIONS:
            cases.append({"group": "whitespace", "template": template, "options": options,
                          **outcome(environment(**options), template, {})})
    for template in error_cases():
        text = "one\ntwo\n" + template
        cases.append({"group": "errors", "template": text, **outcome(environment(), text, {"l": [1], "d": {}})})
    for template in ("{{ x }}", "{% if x %}{% endif %}", "{% for y in x %}{% endfor %}", "{{ x ~ 1 }}", "{{ x == 1 }}",
                     "{{ x is defined }}", "{{ x|default('y') }}", "{{ d.x }}", "{{ x and 1 }}", "{{ not x }}", "{{ x|length }}",
                     "{{ x|upper }}", "{{ [x]|length }}", "{{ x|list }}", "{{ x|select|list }}"):
        cases.append({"group": "strict", "template": template, "options": {"strict": True},
                      **outcome(environment(strict=True), template, {"d": {}})})
    variables = [{"template": text, "names": sorted(meta.find_undeclared_variables(environment().parse(text)))}
                 for text in VARIABLES]
    document = {"jinja2": jinja2.__version__, "python": sys.version.split()[0],
                "now": calendar.timegm(NOW.timetuple()), "data": DATA, "cases": cases, "variables": variables}
    with open(path, "w", encoding="utf-8") as file:
        rows = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
        rest = {key: value for key, value in document.items() if key != "cases"}
        file.write(json.dumps(rest, ensure_ascii=False)[:-1] + ',\n"cases": [\n' + rows + "\n]}\n")
    failed = [case for case in cases if "error" in case and case["group"] not in ("errors", "strict")]
    for case in failed:
        print("error outside the group of errors:", case["group"], case["error"], case["template"][:60])
    for case in cases:
        if case["group"] == "errors" and "error" not in case:
            print("no error:", case["template"])
    print(len(cases), "cases,", path.stat().st_size, "bytes")


# --- Chat templates of published models, which are not kept here.

TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "Weather of a \"place\" <b>&amp;</b> — größer",
        "parameters": {"type": "object", "properties": {
            "city": {"type": "string", "description": "The city", "enum": ["Bonn", "Köln"]},
            "days": {"type": ["integer", "null"], "default": 3},
            "opts": {"type": "object", "properties": {"deep": {"type": "array", "items": {"type": "number"}}},
                     "required": ["deep"]}}, "required": ["city"]},
        "return": {"type": "string"}}},
    {"type": "function", "function": {
        "name": "now", "description": "", "parameters": {"type": "object", "properties": {}}}},
]
DOCUMENTS = [{"title": "A", "text": "Text of A"}, {"title": "B", "text": "Text of B"}]


def turn(role, content, **more):
    return {"role": role, "content": content, **more}


def tool_call(number, name, arguments):
    return {"id": f"abcdefgh{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


CONVERSATIONS = {
    "one": [turn("user", "Hello, world!")],
    "system": [turn("system", "You are terse."), turn("user", "  Hi there \n")],
    "many": [turn("user", "a"), turn("assistant", "b"), turn("user", "c <think>x</think>"),
             turn("assistant", "<think>\nwhy\n</think>\n\nd"), turn("user", "é ü 漢字 😀\n\nnew line")],
    "system and many": [turn("system", "Sys\nline2"), turn("user", "a"), turn("assistant", "b"), turn("user", "c"),
                        turn("assistant", "d"), turn("user", "e")],
    "assistant last": [turn("user", "a"), turn("assistant", "b")],
    "reasoning": [turn("user", "a"), turn("assistant", "b", reasoning_content="because"), turn("user", "c")],
    "parts": [turn("user", [{"type": "text", "text": "part one"}, {"type": "text", "text": "two"}]),
              turn("assistant", "ok"), turn("user", "go")],
    "tool call": [
        turn("user", "weather?"),
        turn("assistant", "", tool_calls=[
            tool_call(1, "get_weather", {"city": "Bonn", "days": 2, "opts": {"deep": [1.5, 2e-7, 1e20]}})]),
        turn("tool", "{\"t\": 3}", name="get_weather", tool_call_id="abcdefgh1"), turn("assistant", "It is 3."),
        turn("user", "thanks")],
    "tool calls as strings": [
        turn("system", "s"), turn("user", "weather?"),
        turn("assistant", None, tool_calls=[tool_call(1, "get_weather", "{\"city\": \"Bonn\"}"), tool_call(2, "now", "{}")]),
        turn("tool", "x", name="get_weather", tool_call_id="abcdefgh1"),
        turn("tool", "y", name="now", tool_call_id="abcdefgh2")],
    "assistant first": [turn("assistant", "starts"), turn("user", "x"), turn("user", "y")],
    "developer": [turn("developer", "dev"), turn("user", "x")],
}
EXTRAS = {
    "plain": {}, "tools": {"tools": TOOLS}, "documents": {"documents": DOCUMENTS}, "no thinking": {"enable_thinking": False},
    "all": {"tools": TOOLS, "documents": DOCUMENTS, "enable_thinking": True, "thinking": True, "reasoning_effort": "high",
            "date_string": "2026-01-01", "builtin_tools": ["code"], "xml_tools": None},
}


def write_expectations(templates, out):
    contexts = []
    for name, messages in CONVERSATIONS.items():
        for extra, values in EXTRAS.items():
            for prompt in (True, False):
                contexts.append({"name": f"{name}, {extra}, prompt {prompt}", "context": {
                    "messages": messages, "add_generation_prompt": prompt, "bos_token": "<s>", "eos_token": "</s>", **values}})
    entries = []
    for path in sorted(pathlib.Path(templates).glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        try:
            environment().from_string(source)
        except Exception as error:
            entries.append({"name": path.name, "source": source, "error": str(error)})
            continue
        env = environment()
        expected = [outcome(env, source, item["context"]) for item in contexts]
        entries.append({"name": path.name, "source": source, "expected": expected})
    document = {"now": calendar.timegm(NOW.timetuple()), "contexts": contexts, "templates": entries}
    pathlib.Path(out, "expectations.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    print(len(entries), "templates,", len(contexts), "contexts")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--templates")
    parser.add_argument("--out")
    chosen = parser.parse_args()
    if chosen.templates:
        write_expectations(chosen.templates, chosen.out)
    else:
        write_cases(pathlib.Path(__file__).parent / "cases.json")
