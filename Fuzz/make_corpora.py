#!/usr/bin/env python3
"""Writes Fuzz/corpora: for each reader small files, each broken in one way, and TARGET.json with a part of the sentence
that each should get (null: it can be read). Every known way to break a loader of model files has a case.
FuzzTests reads them all, libFuzzer starts from them. Usage: Fuzz/make_corpora.py; the output is the same every time."""

import base64
import gzip
import io
import json
import math
import pathlib
import random
import shutil
import struct
import zipfile
import zlib

FOLDER = pathlib.Path(__file__).resolve().parent / "corpora"
FIXTURES = FOLDER.parent.parent / "Tests/InferenceTests/Fixtures"
U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
PACK = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "B", U64: "Q", I64: "q", F64: "d"}


def number(kind, value):
    return struct.pack("<" + PACK[kind], value)


def string(text):
    data = text if isinstance(text, bytes) else text.encode()
    return number(U64, len(data)) + data


def array(kind, items):
    body = b"".join(string(i) if kind == STRING else number(kind, i) for i in items)
    return number(U32, kind) + number(U64, len(items)) + body


class GGUF:
    """A GGUF file in the making; `raw` values and counts can be anything."""

    def __init__(self):
        self.version, self.key_count, self.tensor_count, self.alignment = 3, None, None, 32
        self.keys, self.tensors = {}, {}
        self.more = b""

    def put(self, key, kind, value):
        encoded = string(value) if kind == STRING else array(*value) if kind == ARRAY else number(kind, value)
        self.keys[key] = number(U32, kind) + encoded
        return self

    def raw(self, key, data):
        self.keys[key] = data
        return self

    def tensor(self, name, shape, values=None, kind=0, offset=None):
        self.tensors[name] = (shape, values if values is not None else [], kind, offset)
        return self

    def without(self, *names):
        for name in names:
            self.keys.pop(name, None)
            self.tensors.pop(name, None)
        return self

    def bytes(self):
        data, heads = b"", b""
        for name, (shape, values, kind, offset) in self.tensors.items():
            data += bytes(-len(data) % self.alignment)
            heads += string(name) + number(U32, len(shape)) + b"".join(number(U64, s) for s in shape)
            heads += number(U32, kind) + number(U64, len(data) if offset is None else offset)
            data += values if isinstance(values, bytes) else struct.pack(f"<{len(values)}f", *values)
        count = lambda own, found: number(U64, found if own is None else own)
        head = b"GGUF" + number(U32, self.version) + count(self.tensor_count, len(self.tensors))
        head += count(self.key_count, len(self.keys))
        head += b"".join(string(key) + value for key, value in self.keys.items()) + self.more + heads
        return head + bytes(-len(head) % self.alignment) + data


WIDTH, INNER, TOKENS = 16, 32, ["<s>", "</s>", "<unk>", "▁", "h", "e", "l", "o", "he", "ll", "hell", "hello", "▁hello"]


def model():
    """A llama of one layer that can speak thirteen tokens."""
    noise = random.Random(1)
    file = GGUF()
    for key, kind, value in [
        ("general.architecture", STRING, "llama"), ("llama.context_length", U32, 64),
        ("llama.embedding_length", U32, WIDTH), ("llama.block_count", U32, 1), ("llama.feed_forward_length", U32, INNER),
        ("llama.attention.head_count", U32, 2), ("llama.attention.head_count_kv", U32, 1),
        ("llama.attention.layer_norm_rms_epsilon", F32, 1e-5), ("llama.rope.freq_base", F32, 10000.0),
        ("llama.rope.dimension_count", U32, 8), ("tokenizer.ggml.model", STRING, "llama"),
        ("tokenizer.ggml.tokens", ARRAY, (STRING, TOKENS)),
        ("tokenizer.ggml.scores", ARRAY, (F32, [-float(i) for i in range(len(TOKENS))])),
        ("tokenizer.ggml.token_type", ARRAY, (I32, [3, 3, 2] + [1] * (len(TOKENS) - 3))),
        ("tokenizer.ggml.bos_token_id", U32, 0), ("tokenizer.ggml.eos_token_id", U32, 1),
        ("tokenizer.chat_template", STRING, "{% for m in messages %}{{ m.content }}{% endfor %}"),
    ]:
        file.put(key, kind, value)
    shapes = {"token_embd": [WIDTH, len(TOKENS)], "output_norm": [WIDTH], "output": [WIDTH, len(TOKENS)]}
    for name, shape in {
        "attn_norm": [WIDTH], "attn_q": [WIDTH, WIDTH], "attn_k": [WIDTH, 8], "attn_v": [WIDTH, 8],
        "attn_output": [WIDTH, WIDTH], "ffn_norm": [WIDTH], "ffn_gate": [WIDTH, INNER], "ffn_up": [WIDTH, INNER],
        "ffn_down": [INNER, WIDTH],
    }.items():
        shapes["blk.0." + name] = shape
    for name, shape in shapes.items():
        file.tensor(name + ".weight", shape, [noise.uniform(-0.5, 0.5) for _ in range(math.prod(shape))])
    return file


def gguf_cases():
    nan, infinity = float("nan"), float("inf")
    yield "sound", model().bytes(), None
    yield "empty", b"", "is empty"
    yield "magic-alone", b"GGUF", "the version"
    for version, part in [(1, "version 1"), (4, "version 4"), (3 << 24, "big-endian")]:
        file = model()
        file.version = version
        yield f"version-{version}", file.bytes(), part

    def counted(tensors=None, keys=None):
        file = model()
        file.tensor_count, file.key_count = tensors, keys
        return file.bytes()

    yield "tensor-count-2e60", counted(tensors=1 << 60), "the tensor count"
    yield "tensor-count-one-more", counted(tensors=13), "tensor ''"
    yield "key-count-all-bits", counted(keys=(1 << 64) - 1), "the number of keys"
    yield "key-count-one-more", counted(keys=18), "the file has"

    key = lambda name, data: model().raw(name, data).bytes()
    yield "string-length-2e63", key("general.name", number(U32, STRING) + number(U64, 1 << 63)), "'general.name'"
    yield "string-length-wraps", key("general.name", number(U32, STRING) + number(U64, (1 << 64) - 8)), "'general.name'"
    yield "array-count-2e61", key("a", number(U32, ARRAY) + number(U32, U32) + number(U64, 1 << 61)), "key 'a'"
    yield "array-of-strings-2e40", key("a", number(U32, ARRAY) + number(U32, STRING) + number(U64, 1 << 40)), "key 'a'"
    yield "array-of-arrays", key("a", number(U32, ARRAY) + (number(U32, ARRAY) + number(U64, 1)) * 2000), "key 'a'"
    yield "array-of-unknown", key("a", number(U32, ARRAY) + number(U32, 77) + number(U64, 1)), "key 'a'"
    yield "value-type-13", key("a", number(U32, 13)), "key 'a'"
    yield "key-of-all-zeros", model().raw("\0" * 65536, number(U32, U8) + b"\0").bytes(), "the name of key"
    file = model()
    file.more, file.key_count = string(b"\xff\xfe") + number(U32, U8) + b"\0", 18
    yield "key-no-utf8", file.bytes(), "the name of key 17"
    file = model()
    file.more, file.key_count = string("llama.block_count") + number(U32, U32) + number(U32, 1), 18
    yield "key-twice", file.bytes(), "llama.block_count"

    for alignment in [0, 1, 33, 1 << 31]:
        yield f"alignment-{alignment}", model().put("general.alignment", U32, alignment).bytes(), "general.alignment"
    yield "alignment-2e63", model().put("general.alignment", U64, 1 << 63).bytes(), "general.alignment"
    yield "alignment-negative", model().put("general.alignment", I32, -32).bytes(), "general.alignment"
    yield "alignment-text", model().put("general.alignment", STRING, "32").bytes(), "general.alignment"

    for name, shape in {
        "shape-zero": [0], "shape-product-wraps": [1 << 32, 1 << 32], "shape-product-wraps-to-zero": [1 << 16] * 4,
        "shape-2e62": [1 << 62], "shape-all-bits": [(1 << 64) - 1], "shape-none": [], "shape-five": [1] * 5,
    }.items():
        yield name, model().tensor("t", shape, offset=0).bytes(), "tensor 't'"
    dimensions = string("t") + number(U32, (1 << 32) - 1)
    file = model()
    file.more, file.tensor_count = dimensions, 13
    yield "shape-of-2e32-sizes", file.bytes(), "tensor 't'"
    for name, kind, shape in [("type-removed", 4, [32]), ("type-unknown", 999, [32]), ("type-partial-block", 8, [33])]:
        yield name, model().tensor("t", shape, kind=kind, offset=0).bytes(), "tensor 't'"
    for name, offset in [("past-the-end", 1 << 40), ("wraps", (1 << 64) - 32), ("odd", 5), ("negative", 1 << 63)]:
        yield f"offset-{name}", model().tensor("t", [8], offset=offset).bytes(), "tensor 't'"
    yield "tensors-overlap", model().tensor("t", [8], offset=0).bytes(), "overlap"
    yield "cut-in-the-data", model().bytes()[:-64], "blk.0.ffn_down.weight"

    for name in ["general.architecture", "llama.embedding_length", "tokenizer.ggml.tokens", "tokenizer.ggml.model"]:
        yield "without-" + name.split(".", 1)[1], model().without(name).bytes(), name
    yield "architecture-number", model().put("general.architecture", U32, 7).bytes(), "general.architecture"
    yield "architecture-unknown", model().put("general.architecture", STRING, "nonesuch").bytes(), "nonesuch"
    for key_name, values in {
        "block_count": [0, 2, (1 << 32) - 1], "embedding_length": [0, 15, 1 << 31], "context_length": [0],
        "feed_forward_length": [0, 31, 1 << 31], "attention.head_count": [0, 3, 1 << 31],
        "attention.head_count_kv": [0, 3, 1 << 31], "rope.dimension_count": [7, 9, 1 << 31],
    }.items():
        for value in values:
            name = "llama." + key_name
            yield f"{key_name}-{value}", model().put(name, U32, value).bytes(), "*"
    yield "context_length-all-bits", model().put("llama.context_length", U32, (1 << 32) - 1).bytes(), "*"
    yield "expert_count-2e31", model().put("llama.expert_count", U32, 1 << 31).bytes(), "llama.expert_count"
    yield "block_count-negative", model().put("llama.block_count", I32, -1).bytes(), "llama.block_count"
    yield "block_count-text", model().put("llama.block_count", STRING, "1").bytes(), "llama.block_count"
    yield "block_count-list", model().put("llama.block_count", ARRAY, (U32, [1])).bytes(), "*"
    for name, value in [("nan", nan), ("infinite", infinity), ("zero", 0.0), ("negative", -1.0)]:
        yield f"freq_base-{name}", model().put("llama.rope.freq_base", F32, value).bytes(), "llama.rope.freq_base"
    yield "epsilon-nan", model().put("llama.attention.layer_norm_rms_epsilon", F32, nan).bytes(), "epsilon"
    yield "split-count-text", model().put("split.count", STRING, "2").bytes(), "*"

    noise = random.Random(2)
    values = lambda count: [noise.uniform(-1, 1) for _ in range(count)]
    yield "without-a-tensor", model().without("blk.0.attn_k.weight").bytes(), "blk.0.attn_k.weight"
    yield "matrix-turned", model().tensor("blk.0.ffn_up.weight", [INNER, WIDTH], values(512)).bytes(), "blk.0.ffn_up.weight"
    yield "norm-too-short", model().tensor("output_norm.weight", [8], values(8)).bytes(), "output_norm.weight"
    yield "embedding-of-three-dimensions", model().tensor(
        "token_embd.weight", [WIDTH, 1, 13], values(208)).bytes(), "token_embd.weight"
    yield "embedding-with-fewer-rows", model().tensor("token_embd.weight", [WIDTH, 5], values(80)).bytes(), "*"
    for name, value in [("nan", nan), ("infinite", infinity), ("huge", 3e38)]:
        for tensor in ["token_embd.weight", "blk.0.attn_q.weight", "output.weight", "output_norm.weight"]:
            file = model()
            shape, old, _, _ = file.tensors[tensor]
            file.tensor(tensor, shape, [value if i % 3 == 0 else v for i, v in enumerate(old)])
            # Huge ones may or may not overflow.
            expected = "*" if name == "huge" else "no finite numbers"
            yield f"weights-{name}-in-{tensor.split('.')[-2]}", file.bytes(), expected
    blocks = b"".join(struct.pack("<H", 0x7E00) + bytes(range(16)) for _ in range(16))
    file = model().tensor("blk.0.ffn_down.weight", [INNER, WIDTH], blocks, kind=2)
    yield "weights-with-nan-as-scale", file.bytes(), "no finite numbers"

    tokens = "tokenizer.ggml.tokens"
    yield "tokens-integers", model().put(tokens, ARRAY, (U32, [1, 2])).bytes(), tokens
    yield "tokens-none", model().put(tokens, ARRAY, (STRING, [])).bytes(), "*"
    yield "tokens-all-empty", model().put(tokens, ARRAY, (STRING, [""] * 13)).bytes(), "*"
    yield "tokens-no-utf8", model().put(tokens, ARRAY, (STRING, [b"\xff"] * 13)).bytes(), "*"
    yield "scores-too-few", model().put("tokenizer.ggml.scores", ARRAY, (F32, [1.0])).bytes(), "tokenizer.ggml.scores"
    yield "scores-nan", model().put("tokenizer.ggml.scores", ARRAY, (F32, [nan] * 13)).bytes(), \
        "key 'tokenizer.ggml.scores' is nan for token 0"
    yield "token-types-too-many", model().put(
        "tokenizer.ggml.token_type", ARRAY, (I32, [1] * 99)).bytes(), "tokenizer.ggml.token_type"
    yield "token-types-absurd", model().put("tokenizer.ggml.token_type", ARRAY, (I32, [-(1 << 31)] * 13)).bytes(), "*"
    for value in [13, 1 << 31, (1 << 32) - 1]:
        yield f"bos-{value}", model().put("tokenizer.ggml.bos_token_id", U32, value).bytes(), "*"
    yield "tokenizer-unknown", model().put("tokenizer.ggml.model", STRING, "abacus").bytes(), "abacus"
    yield "merges-integers", model().put("tokenizer.ggml.model", STRING, "gpt2").put(
        "tokenizer.ggml.merges", ARRAY, (U32, [1])).bytes(), "tokenizer.ggml.merges"
    template = "tokenizer.chat_template"
    yield "template-number", model().put(template, U32, 1).bytes(), template
    yield "template-broken", model().put(template, STRING, "{% if %}").bytes(), "chat template"
    yield "template-endless", model().put(template, STRING, "{% for i in range(10**9) %}x{% endfor %}").bytes(), "chat template"


def template_cases():
    yield "sound", "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}{% endfor %}", None
    endless = {
        "range-10e9": "{% for i in range(10**9) %}x{% endfor %}", "list-of-range-10e9": "{{ range(10**9)|list }}",
        "text-times-10e12": "{{ 'a' * 10**12 }}", "list-times-10e12": "{{ [1] * 10**12 }}",
        "power-of-powers": "{{ 10**10**10 }}", "negative-power": "{{ 0 ** -1 }}",
        "shift-by-multiplying": "{{ 9223372036854775807 * 2 }}", "least-divided-by-minus-one": "{{ (-9223372036854775807 - 1) // -1 }}",
        "division-by-zero": "{{ 1 // 0 }}", "remainder-by-zero": "{{ 1 % 0 }}",
        "macro-calls-itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "macros-call-each-other": "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "loops-in-loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "doubling": "{% set ns = namespace(t='aa') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}",
        "doubling-lists": "{% set ns = namespace(t=[1]) %}{% for i in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %}",
        "replace-growing": "{% set ns = namespace(t='a') %}{% for i in range(99) %}{% set ns.t = ns.t|replace('a', '" + "a" * 64 + "') %}{% endfor %}",
        "indent-of-10e9": "{{ 'a\nb' | indent(10**9) }}", "center-of-10e9": "{{ 'a' | center(10**9) }}",
        "parentheses-nested": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "lists-nested": "{{ " + "[" * 5000 + "]" * 5000 + " }}",
        "minus-nested": "{{ " + "-" * 4000 + "1 }}", "not-nested": "{{ " + "not " * 4000 + "1 }}",
        "filters-chained": "{{ 1 " + "|string" * 4000 + " }}", "attributes-chained": "{{ messages" + ".x" * 4000 + " }}",
        "ifs-nested": "{% if 1 %}" * 3000 + "{% endif %}" * 3000, "else-ifs": "{% if 0 %}" + "{% elif 0 %}" * 9000 + "{% endif %}",
    }
    for name, text in endless.items():
        yield name, text, "*"
    for name, text in {
        "if-without-condition": "{% if %}", "variable-left-open": "{{ x.y.z }", "block-left-open": "{% for m in messages",
        "text-left-open": "{{ 'abc }}", "comment-left-open": "{# for ever", "end-without-begin": "{% endif %}",
        "unknown-statement": "{% explode %}", "unknown-filter": "{{ 1|explode }}", "raise": "{{ raise_exception('no') }}",
        "no-utf8": b"{{ '\xff\xfe' }}{% x %}",
    }.items():
        yield name, text, "chat template"
    for name, text in {
        "slices": "{{ 'abc'[5:-9:-1] }}{{ 'abc'[::-1] }}{{ messages[99:] }}{{ 'e\u0301😀'[1:2] }}",
        "slice-step-zero": "{{ 'abc'[::0] }}", "slice-of-huge-numbers": "{{ 'abc'[-9223372036854775807:9223372036854775807] }}",
        "index-far-away": "{{ messages[9223372036854775807] }}", "negative-index-far-away": "{{ messages[-9223372036854775807 - 1] }}",
        "round-of-huge": "{{ 1e308|round(400) }}{{ 1e308|int }}", "float-of-text": "{{ '1e999'|float|int }}",
        "a-list-within-itself": "{% set ns = namespace() %}{% set ns.a = [ns] %}{{ ns.a }}{{ ns.a|tojson }}",
        "range-backwards": "{{ range(10, 0, -3)|list }}{{ range(0, 10, 0)|list }}",
        "exponent-of-all-digits": "{{ 1e9223372036854775807 }}{{ 1e-9223372036854775807 }}{{ '1e9223372036854775807'|float }}",
        "format-width-of-all-digits": "{{ '%.9223372036854775807f' % 1.5 }}{{ '{:>9223372036854775807}'.format(1) }}",
        "format": "{{ '%999999999d' % 1 }}", "sort-of-mixed": "{{ [1, 'a', none]|sort }}",
    }.items():
        yield name, text, "*"


def grammar_cases():
    yield "sound", 'root ::= "a" ([0-9]+ | "x"{2,3}) "\\n"?', None
    for name, text in {
        "empty": "", "no-root": 'a ::= "b"', "unknown-rule": "root ::= b", "begins-with-itself": 'root ::= root "a"',
        "begins-with-itself-in-turn": 'root ::= a\na ::= b "x"\nb ::= root', "never-ends": 'root ::= "a" root',
        "text-left-open": 'root ::= "abc', "class-left-open": "root ::= [abc", "group-left-open": 'root ::= ("a"',
        "class-backwards": "root ::= [z-a]", "repeat-backwards": 'root ::= "a"{3,1}', "repeat-2e63": 'root ::= "a"{9223372036854775808}',
        "repeat-10e9": 'root ::= "a"{1000000000}', "repeats-nested": "root ::= " + "(" * 9 + '"a"' + "{99})" * 9,
        "groups-nested": "root ::= " + "(" * 4000 + '"a"' + ")" * 4000, "escape-of-a-surrogate": 'root ::= "\\uD800"',
        "escape-beyond-unicode": 'root ::= "\\U00110000"', "rule-twice": 'root ::= "a"\nroot ::= "b"', "no-utf8": b'root ::= "\xff"\xfe',
        "rules-twice-in-each-other": "root ::= r1 r1\n" + "".join(f"r{i} ::= r{i + 1} r{i + 1}\n" for i in range(1, 18)) + 'r18 ::= "x"?',
        "many-rules": "root ::= r0\n" + "".join(f"r{i} ::= r{i + 1}\n" for i in range(3000)) + 'r3000 ::= "a"',
    }.items():
        yield name, text, "*"
    for name, text in {
        "ambiguous": 'root ::= s\ns ::= "a" s "b"? | "a" s "b" | "a" s "c"? |', "stars-of-stars": 'root ::= (("a"*)*)*',
        "optional-of-optional": 'root ::= (("a"?){0,9}){0,9}', "nullable-loops": 'root ::= ("" | "a")*',
        "repeats-of-repeats": 'root ::= ("a"{0,300}){0,300}', "any": "root ::= .*",
    }.items():
        yield name, text, "*"


def schema_cases():
    deep = lambda head, tail, count: head * count + "true" + tail * count
    yield "sound", '{"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}, "required": ["a"]}', None
    for name, text in {
        "empty": "", "no-json": "{", "number": "7", "false": "false", "type-unknown": '{"type": "number?"}', "type-number": '{"type": 3}',
        "nested-127": deep('{"items": ', "}", 127), "nested-4000": deep('{"items": ', "}", 4000), "lists-nested": "[" * 4000,
        "reference-to-itself": '{"$ref": "#"}', "references-in-turn": '{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}',
        "reference-to-nothing": '{"$ref": "#/$defs/none"}', "reference-elsewhere": '{"$ref": "http://example.org/x"}',
        "reference-with-odd-escapes": '{"$ref": "#/a~2b/%zz"}', "always-one-more": '{"type": "array", "items": {"$ref": "#"}, "minItems": 1}',
        "minimum-above-maximum": '{"type": "integer", "minimum": 3, "maximum": 1}', "minimum-1e308": '{"type": "integer", "minimum": 1e308}',
        "minimum-huge": '{"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807}',
        "minimum-tiny": '{"type": "number", "minimum": 1e-300, "maximum": 2e-300}', "maximum-1e400": '{"type": "number", "maximum": 1e400}',
        "multiple-of-zero": '{"type": "integer", "multipleOf": 0}', "length-2e62": '{"type": "string", "minLength": 4611686018427387904}',
        "length-negative": '{"type": "string", "maxLength": -1}', "length-half": '{"type": "string", "maxLength": 0.5}',
        "items-10e9": '{"type": "array", "items": {"type": "null"}, "minItems": 1000000000}',
        "properties-10e9": '{"type": "object", "additionalProperties": true, "minProperties": 1000000000}',
        "pattern-left-open": '{"type": "string", "pattern": "(["}', "pattern-of-repeats": '{"type": "string", "pattern": "((a{99}){99}){99}"}',
        "pattern-nested": json.dumps({"type": "string", "pattern": "(" * 5000 + "a" + ")" * 5000}),
        "all-of-contradiction": '{"allOf": [{"type": "string"}, {"type": "null"}]}', "enum-empty": '{"enum": []}',
        "any-of-empty": '{"anyOf": []}', "required-unknown": '{"type": "object", "required": ["a"], "additionalProperties": false}',
        "any-of-products": json.dumps({"allOf": [{"anyOf": [{"required": [f"{i}{j}"]} for j in range(9)]} for i in range(9)], "type": "object"}),
        "many-optional": json.dumps({"type": "object", "properties": {f"p{i}": {} for i in range(400)}}),
    }.items():
        yield name, text, "*"


def safetensors(head, data=b"", length=None):
    text = (head if isinstance(head, str) else json.dumps(head)).encode()
    return number(U64, len(text) if length is None else length) + text + data


def safetensors_cases():
    sound = (FIXTURES / "files/qwen2/model.safetensors").read_bytes()
    size = struct.unpack("<Q", sound[:8])[0]
    head, data = json.loads(sound[8 : 8 + size]), sound[8 + size :]
    yield "cut-in-the-head", sound[:100], "the head"
    yield "cut-in-the-data", sound[: 8 + size + 64], "needs"
    yield "shorter-than-its-length", b"\1\2\3", "the length of the head"
    for length in [0, 3, 1 << 40, 1 << 63, (1 << 64) - 1]:
        yield f"head-of-{length}", safetensors("{}", length=length), "head"
    yield "head-nested", safetensors("[" * 4000), "nested"
    yield "head-no-object", safetensors("[1]"), "head"
    tensor = lambda **changes: {"dtype": "F32", "shape": [4], "data_offsets": [0, 16], **changes}
    for name, entry in {
        "type-unknown": tensor(dtype="F31"), "type-number": tensor(dtype=3), "offsets-backwards": tensor(data_offsets=[16, 0]),
        "offsets-negative": tensor(data_offsets=[-4, 12]), "offsets-2e63": tensor(data_offsets=[1 << 63, (1 << 63) + 16]),
        "offsets-halves": tensor(data_offsets=[0.5, 16.5]), "offsets-three": tensor(data_offsets=[0, 8, 16]), "offsets-text": tensor(data_offsets="0"),
        "shape-product-wraps": tensor(shape=[1 << 32, 1 << 32]), "shape-negative": tensor(shape=[-4]), "shape-2e64": tensor(shape=[1 << 64]),
        "shape-nested": tensor(shape=[[4]]), "shape-of-nine": tensor(shape=[1] * 8 + [4]), "entry-null": None,
    }.items():
        yield name, safetensors({"w": entry}, bytes(16)), "'w'"
    yield "tensors-overlap", safetensors({"a": tensor(), "b": tensor(data_offsets=[8, 24])}, bytes(24)), "overlap"
    broken = lambda name, values: b"".join(struct.pack("<f", v) for v in values)
    first = next(k for k in head if k.endswith("q_proj.weight"))
    low, high = head[first]["data_offsets"]
    if head[first]["dtype"] == "F32":
        weights = broken(first, [float("nan")] * ((high - low) // 4))
        yield "weights-nan", safetensors(head, data[:low] + weights + data[high:]), None


def config_cases():
    sound = json.loads((FIXTURES / "files/qwen2/config.json").read_text())
    yield "sound", json.dumps(sound), None
    yield "empty", "", "config.json"
    yield "list", "[]", "config.json"
    yield "nested", "[" * 4000, "nested"
    yield "text-left-open", '{"model_type": "qwen', "config.json"
    yield "no-utf8", b'{"model_type": "\xff\xfe"}', "*"
    yield "surrogate-alone", '{"model_type": "\\ud800"}', "*"
    for key in ["model_type", "hidden_size", "num_attention_heads", "num_hidden_layers", "intermediate_size"]:
        if key not in sound:
            continue
        yield f"without-{key}", json.dumps({k: v for k, v in sound.items() if k != key}), "*"
        for name, value in {
            "null": None, "text": "x", "zero": 0, "negative": -1, "half": 0.5, "2e31": 1 << 31, "2e63": 1 << 63, "1e400": "1e400", "list": [1],
        }.items():
            text = json.dumps({**sound, key: value}).replace('"1e400"', "1e400")
            yield f"{key}-{name}", text, "*"
    for name, scaling in {
        "unknown": {"rope_type": "x", "factor": 2}, "zero": {"rope_type": "linear", "factor": 0}, "text": "x", "list": [1],
        "yarn-bare": {"rope_type": "yarn"}, "yarn-nan": {"rope_type": "yarn", "factor": 1e308, "original_max_position_embeddings": 0},
        "factors-too-few": {"rope_type": "longrope", "short_factor": [1], "long_factor": [1]},
    }.items():
        yield f"rope_scaling-{name}", json.dumps({**sound, "rope_scaling": scaling}), "*"
    hostile = {"text": "x", "negative": -1, "2e63": 1 << 63, "list": [1]}
    for folder, keys in {
        "granite-dense-hybrid": [
            "embedding_multiplier", "residual_multiplier", "attention_multiplier", "logits_scaling", "layer_types",
            "num_local_experts", "shared_intermediate_size", "position_embedding_type"],
        "lfm2-adjusted": [
            "num_key_value_heads", "conv_L_cache", "norm_eps", "full_attn_idxs", "layer_types", "block_ff_dim",
            "block_auto_adjust_ff_dim", "block_ffn_dim_multiplier", "block_multiple_of", "tie_embedding"],
    }.items():
        base = json.loads((FIXTURES / f"files/{folder}/config.json").read_text())
        for key in keys:
            for name, value in hostile.items():
                yield f"{folder}-{key}-{name}", json.dumps({**base, key: value}), "*"


def index_cases():
    yield "empty-object", "{}", "weight_map"
    for name, place in {"out": "../a", "root": "/etc/passwd", "dots": "..", "nothing": "", "zero": "a\0b", "folder": "."}.items():
        yield f"leads-to-{name}", json.dumps({"weight_map": {"a": place}}), "weight_map"
    yield "names-what-is-not-there", json.dumps({"weight_map": {"a": "model-00002-of-00002.safetensors"}}), "has no model-00002"
    yield "names-itself", json.dumps({"weight_map": {"a": "model.safetensors.index.json"}}), "*"
    yield "names-the-configuration", json.dumps({"weight_map": {"a": "config.json"}}), "*"
    yield "sound", json.dumps({"weight_map": {"a": "model.safetensors"}}), None
    yield "weight_map-list", '{"weight_map": [1]}', "weight_map"
    yield "nested", "[" * 4000, "nested"


def tokenizer_cases():
    def text(changes=None, **model_changes):
        value = {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"], **model_changes}, "added_tokens": []}
        return json.dumps({**value, **(changes or {})})

    yield "sound", text(), None
    yield "empty", "", "tokenizer.json"
    yield "nested", "[" * 4000, "nested"
    yield "normalizers-nested", '{"normalizer":' * 4000, "nested"
    for name, value in {"negative": -1, "half": 0.5, "2e31": 1 << 31, "2e64": 1 << 64, "text": "1", "null": None, "10e18": 10**18}.items():
        yield f"id-{name}", text(vocab={"a": value}), "*"
        yield f"added-id-{name}", text({"added_tokens": [{"id": value, "content": "b"}]}), "*"
    yield "vocabulary-empty", text(vocab={}), "*"
    yield "vocabulary-list", text(vocab=[1]), "*"
    yield "vocabulary-with-a-hole", text(vocab={"a": 0, "b": 5_000_000}), "*"
    for name, merges in {"three": [["a", "b", "c"]], "one": [["a"]], "number": [7], "numbers": [[1, 2]], "unknown": ["x y"], "empty": ["", " "]}.items():
        yield f"merge-of-{name}", text(merges=merges), "*"
    step = {"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaa"}
    yield "replacements-that-grow", text({"normalizer": {"type": "Sequence", "normalizers": [step] * 30}}), "normalizer"
    yield "replacement-of-nothing", text({"normalizer": {"type": "Replace", "pattern": {"String": ""}, "content": "x"}}), "*"
    for name, regex in {"left-open": "(", "nested": "(" * 5000 + "a" + ")" * 5000, "backtracking": "(a*)*b", "lookbehind": "(?<=a+)b", "class": "[z-a]", "repeat": "a{99999}"}.items():
        yield f"pattern-{name}", text({"pre_tokenizer": {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated"}}), "*"
        yield f"replaced-pattern-{name}", text({"normalizer": {"type": "Replace", "pattern": {"Regex": regex}, "content": "x"}}), "*"
    for field in ["normalizer", "pre_tokenizer", "decoder", "post_processor"]:
        yield f"{field}-unknown", text({field: {"type": "Nonesuch"}}), "*"
        yield f"{field}-number", text({field: 7}), "*"
    yield "model-unknown", text(type="Abacus"), "Abacus"
    unigram = lambda vocabulary, **more: json.dumps({"model": {"type": "Unigram", "vocab": vocabulary, **more}})
    yield "unigram", unigram([["<unk>", 0], ["a", -1], ["b", -2.5]], unk_id=0), "*"
    yield "unigram-unknown-out-of-range", unigram([["a", -1]], unk_id=9), "*"
    yield "unigram-without-scores", unigram([["a"], "b", [1, 2]]), "*"
    yield "unigram-scores-1e308", unigram([["a", 1e308], ["b", -1e308], ["ab", 1e308]]), "*"
    yield "characters-map-broken", json.dumps({"normalizer": {"type": "Precompiled", "precompiled_charsmap": "////"}, "model": {"type": "Unigram", "vocab": [["a", 0]]}}), "*"


def adapter_cases():
    def gguf(alpha=(F32, 2.0), **tensors):
        file = GGUF().put("general.architecture", STRING, "qwen2").put("general.type", STRING, "adapter")
        file.put("adapter.type", STRING, "lora")
        if alpha:
            file.put("adapter.lora.alpha", *alpha)
        for name, (shape, values) in tensors.items():
            file.tensor(name.replace("__", "."), shape, values)
        return file

    def pair(name, inputs, rank, outputs, value=0.5):
        stem = f"blk__0__{name}__weight__lora_"
        return {stem + "a": ([inputs, rank], [value] * (inputs * rank)), stem + "b": ([rank, outputs], [value] * (rank * outputs))}

    query = pair("attn_q", 24, 2, 24)
    sound = gguf(**query)
    yield "gguf-sound", sound.bytes(), None
    yield "gguf-without-alpha", gguf(alpha=None, **query).bytes(), None
    for name, alpha in [("zero", (F32, 0.0)), ("negative", (F32, -1.0)), ("integer", (U32, 3)), ("huge", (F32, 3e38))]:
        yield f"gguf-alpha-{name}", gguf(alpha=alpha, **query).bytes(), None
    for name, value in [("nan", math.nan), ("infinite", math.inf)]:
        yield f"gguf-alpha-{name}", gguf(alpha=(F32, value), **query).bytes(), "adapter.lora.alpha"
        yield f"gguf-values-{name}", gguf(**pair("attn_q", 24, 2, 24, value)).bytes(), "NaN or infinite"
    yield "gguf-alpha-text", gguf(alpha=(STRING, "8"), **query).bytes(), "adapter.lora.alpha"
    yield "gguf-model", gguf(**query).put("general.type", STRING, "model").without("adapter.type").bytes(), "is a model"
    yield "gguf-other-kind", gguf(**query).put("adapter.type", STRING, "lokr").bytes(), "of the kind 'lokr'"
    yield "gguf-kind-number", gguf(**query).put("adapter.type", U32, 1).bytes(), "adapter.type"
    yield "gguf-other-architecture", gguf(**query).put("general.architecture", STRING, "llama").bytes(), "of the architecture 'llama'"
    yield "gguf-no-architecture", gguf(**query).without("general.architecture").bytes(), "general.architecture"
    yield "gguf-invocation", gguf(**query).put("adapter.alora.invocation_tokens", ARRAY, (U32, [1])).bytes(), "begins only behind"
    yield "gguf-empty", gguf().bytes(), "changes no matrix"
    a, b = list(query)
    yield "gguf-without-a", gguf(**{b: query[b]}).bytes(), "has no 'blk.0.attn_q.weight.lora_a'"
    yield "gguf-without-b", gguf(**{a: query[a]}).bytes(), "has no 'blk.0.attn_q.weight.lora_b'"
    yield "gguf-ranks-differ", gguf(**{a: query[a], b: ([3, 24], [0.5] * 72)}).bytes(), "should have the rank 2"
    yield "gguf-one-dimension", gguf(**{a: ([48], [0.5] * 48), b: query[b]}).bytes(), "two dimensions"
    yield "gguf-three-dimensions", gguf(**{a: ([24, 2, 1], [0.5] * 48), b: query[b]}).bytes(), "two dimensions"
    yield "gguf-shape-2e62", gguf(**{a: ([24, 1 << 62], [0.5] * 48), b: query[b]}).bytes(), "larger than any memory"
    yield "gguf-other-inputs", gguf(**pair("attn_q", 25, 2, 24)).bytes(), "of 24 outputs and 25 inputs"
    yield "gguf-other-outputs", gguf(**pair("attn_q", 24, 2, 23)).bytes(), "of 23 outputs and 24 inputs"
    yield "gguf-unknown", gguf(**pair("attn_z", 24, 2, 24)).bytes(), "belongs to no matrix"
    yield "gguf-missing-layer", gguf(**{k.replace("__0__", "__9__"): v for k, v in query.items()}).bytes(), "has no such matrix"
    yield "gguf-absurd-layer", gguf(**{k.replace("__0__", "__" + "9" * 30 + "__"): v for k, v in query.items()}).bytes(), "belongs to no matrix"
    embedding = {k.replace("blk__0__attn_q", "token_embd"): v for k, v in query.items()}
    yield "gguf-embedding", gguf(**embedding).bytes(), "changes an embedding"
    yield "gguf-norm", gguf(blk__0__attn_norm__weight=([24], [1.0] * 24), **query).bytes(), "replaces a whole tensor"
    yield "gguf-cut", sound.bytes()[:-40], "cut short"

    folder = FIXTURES / "adapters/qwen2"
    settings = json.loads((folder / "adapter_config.json").read_text())
    yield "settings-sound", json.dumps(settings), None
    for key, value, part in [
            ("r", 0, "from 1 to 65536"), ("r", 2 ** 63, "'r'"), ("r", -4, "from 1 to 65536"), ("r", 4.5, "'r'"),
            ("r", "4", "'r'"), ("r", 3, "should have the rank 3"), ("r", 1e400, "*"), ("lora_alpha", "x", "lora_alpha"),
            ("lora_alpha", 1e300, "NaN or infinite"), ("lora_alpha", 0, None), ("lora_alpha", -2.5, None),
            ("peft_type", None, "peft_type"), ("peft_type", "IA3", "of the kind IA3"), ("peft_type", 1, "peft_type"),
            ("use_rslora", 1, "use_rslora"), ("use_rslora", True, None), ("rank_pattern", [1], "rank_pattern"),
            ("rank_pattern", {"q_proj": "x"}, "rank_pattern"), ("rank_pattern", {"(": 1}, "regular expression"),
            ("rank_pattern", {"": 4, "^": 4, "$": 4}, None), ("alpha_pattern", {"q_proj": None}, "alpha_pattern"),
            ("target_modules", "all-linear", None), ("target_modules", [], "target_modules"), ("target_modules", [1], "target_modules"),
            ("use_dora", True, "DoRA"), ("bias", "all", "biases"), ("bias", 1, "'bias'"),
            ("modules_to_save", ["norm"], "modules_to_save"), ("base_model_name_or_path", 7, "base_model_name_or_path")]:
        label = "".join(c if c.isalnum() else "-" for c in json.dumps(value))[:24]
        yield f"settings-{key}-{label}", json.dumps(settings | {key: value}).replace("Infinity", "1e400"), part
    yield "settings-list", "[]", "should be an object"
    yield "settings-nested", "[" * 4000, "nested"
    yield "settings-empty", "", "*"

    weights = (folder / "adapter_model.safetensors").read_bytes()
    length = int.from_bytes(weights[:8], "little")
    head, data = json.loads(weights[8:8 + length]), weights[8 + length:]
    yield "weights-sound", weights, None
    names = sorted(k for k in head if k != "__metadata__")

    def renamed(old, new):
        return {new if k == old else k: v for k, v in head.items()}

    yield "weights-without-b", safetensors(renamed(names[1], "x.lora_A.weight"), data), "lora_B.weight"
    yield "weights-bias", safetensors(renamed(names[0], "a.b.bias"), data), "changes a bias"
    yield "weights-embedding", safetensors(renamed(names[0], "a.lora_embedding_A"), data), "changes an embedding"
    yield "weights-magnitude", safetensors(renamed(names[0], "a.lora_magnitude_vector.weight"), data), "DoRA"
    yield "weights-whole-tensor", safetensors(renamed(names[0], "model.norm.weight"), data), "replaces a whole tensor"
    strange = {k.replace("self_attn.q_proj", "visual.q_proj"): v for k, v in head.items()}
    yield "weights-other-module", safetensors(strange, data), "belongs to no matrix"
    named = {k.replace(".weight", ".default.weight"): v for k, v in head.items()}
    yield "weights-with-the-adapter-s-name", safetensors(named, data), None
    low, high = head[names[0]]["data_offsets"]
    for label, value in [("nan", math.nan), ("infinite", -math.inf)]:
        values = struct.pack("<f", value) * ((high - low) // 4)
        yield f"weights-{label}", safetensors(head, data[:low] + values + data[high:]), "NaN or infinite"
    yield "weights-cut", weights[:-10], "*"
    yield "weights-cut-in-the-head", weights[:100], "*"


def settings_cases():
    sound = "# mine\nmodel: a # c\nsampling:\n  temperature: 0.5\n  stop:\n  - a\n  - 'b''c'\nper_model: {a: {sampling: {top_k: 1}}}\n"
    yield "sound", sound, None
    yield "empty", "", None
    yield "later", "lexicon: {}\nstudio: {theme: dark}\n", None
    yield "words", "lexicon: {banned: [a b, 'c*'], must: [d, {word: e, in: 2}], casing: [F]}\nbrand: {tone: warm}\n", "A * stands at the end"
    yield "words-against-each-other", "lexicon:\n  banned: [tea]\n  must: {word: green tea, in: 64}\n", "is banned"
    yield "words-broken", "lexicon: {must: [{}, {word: {a: b}}, [c], {in: 1}, {word: d, in: 1e9}, ~]}\n", "must occur is written as"
    yield "unknown-key", "modle: a\n", "Did you mean 'model'"
    yield "long-key", "k" * 1000 + ": 1\n", "has no key"
    yield "key-too-long", "k" * 60_000 + ": 1\n", "mapping values are not allowed"
    yield "many-keys", "".join(f"key{i}: {i}\n" for i in range(4000)), "has no key"
    yield "wrong-type", "sampling: {temperature: [1]}\n", "temperature takes a number"
    yield "out-of-range", "sampling: {top_k: 99999999999999999999}\n", "top_k takes a whole number"
    yield "not-a-number", "sampling: {temperature: .nan}\n", "temperature takes a number"
    yield "text-for-a-map", "per_model: {a: 1}\n", "'a' is written as"
    yield "list-at-the-root", "- a\n", "list of keys and values"
    yield "key-twice", "model: a\nmodel: b\n", "stands in line 1 already"
    yield "key-many-times", "model: a\n" * 300, "stands in line 1 already"
    yield "key-twice-in-braces", "sampling: {top_k: 1, top_k: 2}\n", "stands in line 1 already"
    yield "empty-key-twice", "'': 1\n'': 2\n", "is written twice"
    yield "list-as-key", "? [a, b]\n: 1\n", "has no key"
    yield "tab", "sampling:\n\ttop_k: 1\n", "Indent with spaces"
    yield "bracket-left-open", "model: a\nsampling: {\n", "nothing from line 2 on counts"
    yield "text-left-open", "model: \"a\n", "Close the quotes"
    yield "two-documents", "model: a\n---\nmodel: b\n", "another document"
    yield "no-utf8", b"model: a\n\xff\xfe", "config.yaml:2:1: The text is not UTF-8"
    yield "utf16", "model: a\n".encode("utf-16"), "The text is not UTF-8"
    yield "byte-order-mark", b"\xef\xbb\xbfmodel: a\r\n", None
    yield "zero", b"model: \0\n", "YAML does not allow"
    yield "brackets-nested", "model: " + "[" * 60_000, "*"
    yield "maps-nested", "".join(" " * i + "a:\n" for i in range(300)), "*"
    yield "alias-bomb", "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i-1}, *a{i-1}]\n" for i in range(1, 30)), "aliases"
    yield "alias-bomb-with-tabs", "a0:\t&a0 [x]\n" + "".join(f"a{i}:\t&a{i} [*a{i-1},\t*a{i-1}]\n" for i in range(1, 30)), "aliases"
    yield "alias-as-key", "a: &a [x, *b]\n", "*"
    yield "alias-within-itself", "a: &a [*a]\n", "*"
    yield "unknown-tag", "model: !!binary aGk=\n", "*"
    yield "line-breaks-of-unicode", "model: a\u2028sampling: {top_k: 1}\u0085studio: {ascii: true}\rx: 1\n", "*"
    yield "merge-key", "a: &a {top_k: 1}\nsampling: {<<: *a}\n", "has no key"


def events_cases():
    def stream(*events):
        return "".join(f"data: {e if isinstance(e, str) else json.dumps(e)}\n\n" for e in events)

    def chunk(delta, index=0, reason=None, **more):
        return {"choices": [{"index": index, "delta": delta, "finish_reason": reason, **more}]}

    end = chunk({}, reason="stop")
    usage = lambda **counts: {"choices": [], "usage": counts}
    yield "sound", stream(chunk({"role": "assistant", "content": None}), chunk({"content": "Hi"}), end, usage(prompt_tokens=4, completion_tokens=1), "[DONE]"), None
    yield "empty", "", None
    yield "carriage-returns", stream(chunk({"content": "é"}), end).replace("\n", "\r\n"), None
    yield "comments", ": ping\n\n" * 50 + "retry: 9\nid\n\n", None
    yield "byte-order-mark", "\ufeff" + stream(chunk({"content": "a"})), None
    yield "several-data-lines", 'data: {"choices":\ndata: [{"delta":\ndata: {"content": "a"}}]}\n\ndata\n\n', None
    yield "thoughts", stream(chunk({"content": "<th"}), chunk({"content": "ink>\n\nHm</thi"}), chunk({"content": "nk>\n\nHi"}), end), None
    yield "thoughts-apart", stream(chunk({"reasoning_content": "\nHm"}), chunk({"reasoning": "Hm"}), chunk({"content": "Hi"})), None
    yield "prefill-repeated", stream(chunk({"content": "Once "}), chunk({"content": "upon a time"}), end), None
    yield "no-end", stream(chunk({"content": "a"}))[:-2], None
    yield "cut-inside-a-character", stream(chunk({"content": "a"})).encode() + "data: é".encode()[:-1], None
    yield "controls", stream(chunk({"content": "\0\x1b[2J\x9b\x7f\r\n\ud83d"})), None
    yield "raw-controls", b'data: {"choices":[{"delta":{"content":"\x00\x1b\xff\\"}}]}\n\n', "did not answer"
    yield "legacy", stream({"choices": [{"text": "a", "index": 0, "logprobs": {"tokens": ["a", 1], "token_logprobs": [-1, None], "top_logprobs": [{"a": -1, "b": None}]}}]}), None
    yield "likelihoods", stream(chunk({"content": "a"}, logprobs={"content": [{"token": "\ufffd", "bytes": [195, 999], "logprob": -1e300, "top_logprobs": [{"bytes": None, "token": "x", "logprob": float("-inf")}]}]})), None
    for name, index in {"negative": -1, "2e63": 2**63, "1e300": 1e300, "half": 0.5, "text": "0", "nan": float("nan"), "list": []}.items():
        yield f"index-{name}", stream(chunk({"content": "a"}, index=index)), None
        yield f"usage-{name}", stream(usage(prompt_tokens=index, completion_tokens=index, cost=index)), None
    yield "many-choices", stream({"choices": [{"index": i, "delta": {"content": "a"}} for i in range(2000)]}), None
    for name, value in {"null": None, "number": 7, "text": "x", "list": [], "lists": [[]], "true": True}.items():
        yield f"choices-{name}", stream({"choices": value}, {"choices": [value]}, chunk(value), chunk({"content": value}), end), None
    yield "error-object", stream(chunk({"content": "a"}), {"error": {"message": "Out of memory", "code": 500}}, "[DONE]"), "Out of memory"
    yield "error-text", stream({"error": "Out of memory"}), "Out of memory"
    yield "error-in-a-list", stream([{"error": {"message": "Out of memory"}}]), "Out of memory"
    yield "error-in-a-choice", stream({"choices": [{"index": 0, "error": {"code": 502, "message": "upstream"}}]}), "502: upstream"
    yield "not-json", stream("Internal Server Error"), "Internal Server Error"
    yield "page", stream("<html><title>Bad Gateway</title></html>"), "Bad Gateway"
    yield "key", stream({"error": "wrong key sk-secret-key"}), "wrong key [key]"
    yield "nested", stream('{"choices":' * 4000), "did not answer"
    yield "long-line", "data: " + "a" * 60_000, None


def failure_cases():
    error = lambda message, **more: json.dumps({"error": {"message": message, **more}})
    yield "llama-cpp", error("Loading", code=400, type="x"), "400: Loading"
    yield "empty", "", "(400)"
    yield "plain", "Internal Server Error", "Internal Server Error"
    yield "page", "<!doctype html><head><title>\n502\tBad Gateway</title>", "502 Bad Gateway"
    yield "page-left-open", "<html><title>" + "a" * 1000, "web page"
    yield "detail", '{"detail": "Not Found"}', "Not Found"
    yield "details", '{"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs", "type": "extra_forbidden"}, {"loc": 7}, null]}', "does not take 'seed'"
    yield "details-of-numbers", '{"detail": [1, [2], {"msg": 3, "loc": [1e300]}]}', "(400)"
    yield "unexpected-fields", '{"detail": "Unexpected fields in the request: {\'top_k\'}"}', "does not take 'top_k'"
    yield "other-name", error("Unsupported parameter: 'max_tokens'", code="unsupported_parameter", param="max_tokens"), "'max_tokens'"
    yield "too-long", error("request (521 tokens) exceeds the available context size (256 tokens)"), "needs 521 tokens"
    yield "too-long-numbers", error("x", type="exceed_context_size_error", n_prompt_tokens=1e300, n_ctx=-1), "too long for the context"
    yield "context-of-numbers", error("the context length exceeds " + "9" * 400), "too long for the context"
    yield "model", error("The model 'm' does not exist", code="model_not_found"), "has no model 'm'"
    yield "quota", error("You exceeded your current quota", code="insufficient_quota"), "quota"
    yield "controls", error("\x1b[2J\0a\r\nb\u009b"), "[2Ja b"
    yield "key", error("Bad key sk-secret-key", code="sk-secret-key", param=["sk-secret-key"]), "Bad key [key]"
    yield "key-hidden", error("Bad key sk-secret-k\0ey"), "Bad key [key]"
    yield "long", error("é" * 20_000), "…"
    yield "errors-nested", '{"error":' * 4000, "400"
    yield "errors-within-errors", '{"error":' * 100 + '{"message": "deep"}' + "}" * 100, "deep"
    yield "list", '[{"error": {"message": "in a list"}}]', "in a list"
    for name, value in {"null": None, "number": 1e300, "text": "x", "list": [[]], "true": True}.items():
        yield f"error-{name}", json.dumps({"error": value, "message": value, "code": value}), "400"
        yield f"whole-{name}", json.dumps(value), "400"
    yield "wait", "Sun, 06 Nov 1994 08:49:37 GMT", "400"
    yield "wait-absurd", "Sun, 99999999999999999999 Nov 1 99:99:99", "400"
    yield "no-utf8", b'{"error": "\xff\xfe"}', "\ufffd"
    yield "models", json.dumps({"data": [{"id": "a", "meta": {"n_ctx": 1e300}}, {"id": 7}, None, {"id": "\x1b", "status": []}]}), "400"


def hub_cases():
    def entry(path, **more):
        return {"type": "file", "path": path, "size": 100, "oid": "a" * 40, "lfs": {"oid": "b" * 64, "size": 100}} | more

    def answer(kind, body, *headers):
        body = body if isinstance(body, str) else json.dumps(body)
        return "\n".join([kind, *headers]) + "\n\n" + body

    def tree(*entries):
        return answer("tree", list(entries))

    sha = "0123456789abcdef0123456789abcdef01234567"
    yield "tree", answer("tree", [entry("m-Q4_K_M.gguf")], "Link: <https://hub.example/next>; rel=\"next\"", "ETag: W/\"x\""), None
    yield "empty", "", "it is no JSON"
    yield "no-json", answer("tree", "<html>"), "it is no JSON"
    yield "no-list", answer("tree", {}), "it is no list of files"
    yield "no-files", tree(), "no model that can be used here"
    yield "no-path", tree(entry("")), "has no path"
    yield "no-size", tree(entry("m.gguf", lfs={"oid": "b" * 64}, size=None)), "the size of 'm.gguf' is missing"
    yield "size-negative", tree(entry("m.gguf", lfs={"oid": "b" * 64, "size": -1})), "the size of"
    yield "size-1e300", tree(entry("m.gguf", lfs={"oid": "b" * 64, "size": 1e300})), "the size of"
    yield "sizes-overflow", tree(*[entry(f"m{i}.gguf", lfs={"oid": "b" * 64, "size": 1 << 62}) for i in range(3)]), "has several models"
    yield "sum-short", tree(entry("m.gguf", lfs={"oid": "b", "size": 1})), "the checksum of 'm.gguf' is missing"
    yield "sum-a-path", tree(entry("m.gguf", lfs={"oid": "../" * 20 + "abcd", "size": 1})), "the checksum of"
    yield "other-file-without-facts", tree({"path": "README.md"}, entry("m.gguf")), None
    yield "name-dots", tree(entry("a/..gguf/.gguf")), "no name for a file here"
    yield "name-control", tree(entry("m\u001b[2J.gguf")), "no name for a file here"
    yield "name-long", tree(entry("m" * 5000 + ".gguf")), "no name for a file here"
    yield "part-missing", tree(entry("m-00001-of-00002.gguf")), "m-00002-of-00002.gguf is missing"
    yield "parts-99999", tree(entry("m-00001-of-99999.gguf")), "are missing"
    yield "parts-none", tree(entry("m-00000-of-00000.gguf")), None
    yield "folder", tree(entry("config.json", lfs=None), entry("model.safetensors")), None
    yield "folder-without-config", tree(entry("model.safetensors")), "no model that can be used here"
    yield "many-files", tree(*[entry(f"m{i}.gguf") for i in range(3000)]), "has several models"
    yield "nested", answer("tree", "[" * 100000), "nested deeper"
    yield "revision", answer("revision", {"sha": sha, "gated": "manual", "tags": ["license:mit", 5]}), None
    yield "revision-without-commit", answer("revision", {"sha": "main"}), "names no commit"
    yield "revision-odd", answer("revision", {"sha": sha, "cardData": {"license": ["mit"]}, "tags": {"a": 1}, "gated": 7}), None
    yield "search", answer("search", [{"id": "a/b", "downloads": 1e300, "siblings": [{"rfilename": "x-Q8_0.gguf"}, {}]}, {"id": "x"}, 7]), None
    yield "search-no-list", answer("search", {"error": "x"}), "it is no list of models"
    model = "application/vnd.ollama.image.model"
    yield "manifest", answer("manifest", {"layers": [{"mediaType": model, "digest": "sha256:" + "c" * 64, "size": 9}]}), None
    yield "manifest-tensors", answer("manifest", {"layers": [{"mediaType": "application/vnd.ollama.image.tensor"}]}), None
    yield "manifest-digest", answer("manifest", {"layers": [{"mediaType": model, "digest": "sha256:../../x", "size": 9}]}), "is missing"
    yield "manifest-size", answer("manifest", {"layers": [{"mediaType": model, "digest": "sha256:" + "c" * 64, "size": -9}]}), "is missing"
    yield "range-backwards", answer("search", [], "Content-Range: bytes 9-5/10"), "another part of the file"
    yield "range-overflow", answer("search", [], "Content-Range: bytes 0-99999999999999999999/1"), "another part of the file"
    yield "wait-overflow", answer("search", [], "RateLimit: t=9223372036854775807", "Retry-After: -1"), "no more requests"
    yield "link-open", answer("search", [], "Link: <https://a; rel=next", "Link: <>; rel=next", "Link: <\u00e9>; rel=next"), None
    yield "location-file", answer("search", [], "Location: file:///etc/passwd"), "redirects to an address that is none"
    yield "location-no-host", answer("search", [], "Location: https://"), "redirects to an address that is none"
    yield "challenge-open", answer("search", [], "WWW-Authenticate: Bearer realm=\"x", "WWW-Authenticate: Bearer =,=\"\"="), None


def picture(*chunks):
    """A PNG of the chunks (kind, data), without anything to see."""
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in [(b"IHDR", bytes(13)), *chunks, (b"IEND", b"")]:
        data += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data


def archive(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as out:
        for name, body in files:
            out.writestr(zipfile.ZipInfo(name), body, method)
    return buffer.getvalue()


def import_cases():
    def node(parent, role, text, children=(), **more):
        content = text if isinstance(text, dict) else {"content_type": "text", "parts": [text]}
        message = {"author": {"role": role}, "content": content, "create_time": 1.7e9, "recipient": "all", **more}
        return {"message": message if role else None, "parent": parent, "children": list(children)}

    def export(mapping, **more):
        return json.dumps([{"title": "A talk", "create_time": 1.7e9, "mapping": mapping, "current_node": "a", **more}])

    def code(text, recipient):
        return node("q", "assistant", {"content_type": "code", "text": text}, recipient=recipient)

    talk = {"r": node(None, None, "", ["q"]), "q": node("r", "user", "Name a lamp.", ["a", "b"]), "a": node("q", "assistant", "Aurora"), "b": node("q", "assistant", "Lumen")}
    sound = export(talk)
    yield "chatgpt", sound, None
    yield "chatgpt-alone", sound[1:-1], None
    yield "chatgpt-wrapped", json.dumps({"conversations": json.loads(sound), "more": {"a": [1]}}), None
    yield "chatgpt-wrapped-open", '{"conversations": ' + sound + ', "a": [', "a closing brace is missing"
    yield "chatgpt-cut", sound[:200], "a string does not end"
    yield "chatgpt-list-open", sound[:-1], "the list does not end"
    yield "chatgpt-comma", sound[:-1] + ",]", "is damaged at line 1"
    yield "chatgpt-more", sound + "[]", "there is more text after the list"
    yield "chatgpt-no-utf8", sound.encode().replace(b"Lumen", b"Lu\xff"), "it is not UTF-8 text"
    yield "chatgpt-nul", sound.replace("Lumen", "Lu\\u0000men"), None
    yield "chatgpt-half-pair", sound.replace("Lumen", "\\ud83d \\ude00 \\ud83d\\ud83d"), None
    yield "chatgpt-circle", export({"a": node("b", "user", "one", ["b"]), "b": node("a", "assistant", "two", ["a"])}), None
    yield "chatgpt-own-parent", export({"a": node("a", "user", "one", ["a", "a"])}), None
    yield "chatgpt-no-parents", export({k: node("gone", "user", k) for k in "abc"}), None
    yield "chatgpt-times", export({"a": node(None, "user", "x", create_time=1e308)}, create_time=-1e308, update_time="soon"), None
    yield "chatgpt-odd", export({"a": None, "b": {"message": 5}, "c": node({}, "user", {"content_type": 7, "parts": {}})}, current_node=[]), None
    yield "chatgpt-roles", export({"a": node(None, 5, "x"), "b": node(None, "critic", "x"), "c": node(None, "user", "y")}), None
    yield "chatgpt-hidden", export({"a": node(None, "user", "x", metadata={"is_visually_hidden_from_conversation": True})}), "holds no conversation"
    yield "chatgpt-parts", export({"a": node(None, "user", {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}, None, 1, [], {"text": {}}]})}), None
    yield "chatgpt-marks", export({"a": node(None, "user", "\ue200cite\ue202x \ue200 \ue201 y \ue200")}), None
    yield "chatgpt-document", export({"q": node(None, "user", "x"), "a": code('{"type": "code/c", "content": "a"}', "canmore.create_textdoc"), "b": code("{" * 200, "canmore.update_textdoc"), "c": code('{"updates": [{"pattern": ".*"}]}', "canmore.x")}), None
    yield "chatgpt-long-branch", export({str(i): node(str(i - 1) if i else None, "user" if i % 2 else "assistant", "x") for i in range(500)}), None
    yield "chatgpt-many-answers", export({"q": node(None, "user", "x")} | {str(i): node("q", "assistant", str(i)) for i in range(500)}), None
    yield "chatgpt-empty-mapping", "[{\"mapping\": {}}]", "holds no conversation"
    yield "chatgpt-nested", '[{"mapping": ' + '{"a":' * 20000, "nested deeper"
    yield "chatgpt-keys-twice", '[{"mapping": {"a": {"message": {"author": {"role": "user"}, "content": {"parts": ["x"]}}}, "a": {}}}]', None

    head = {"user_name": "Ann", "character_name": "Mara", "create_date": "2024-7-5@15h04m05s", "chat_metadata": {"scenario": "{{user}}", "integrity": "0a1b2c3d-1111-4222-8333-0123456789ab"}}

    def said(text, user=False, **more):
        return {"name": "Ann" if user else "Mara", "is_user": user, "mes": text, "send_date": "July 5, 2024 3:04pm", **more}

    def chat(*lines):
        return "\n".join(json.dumps(line) for line in lines) + "\n"

    yield "tavern", chat(head, said("Hello, {{user}}.", swipes=["a", "Hello, {{user}}."], swipe_id=1), said("Hi", True)), None
    yield "tavern-no-head", chat(said("Hello"), said("Hi", True)), None
    yield "tavern-head-alone", chat(head), "holds no conversation"
    yield "tavern-line-cut", chat(head, said("Hello")) + '{"name": "Ann", "mes": "', "damaged at line 3"
    yield "tavern-line-none", chat(head, [1], 7, None, "x", said("Hi", True)), None
    yield "tavern-swipes", chat(head, said("x", swipes=[], swipe_id=-9), said("y", swipes=["a", 5, None, {"mes": "b"}], swipe_id=1e300, swipe_info=[None, {"extra": {"reasoning": "r"}}] * 9)), None
    yield "tavern-dates", chat(head, *[said("x", True, send_date=d) for d in ["", "0-0-0", "2024-99-99@99h99m99s", "July 99, 99999 99:99pm", 1e300, -1, [], "9" * 300, "2024-7-5T25:61:61Z", "\u0662024"]]), None
    yield "tavern-empty", chat(head, said(""), said("", swipes=["", ""])), "holds no conversation"
    yield "tavern-group", chat(head, said("a"), {**said("b"), "name": "Otto"}, said("c", True)), None
    yield "tavern-notes", chat(head, said("x", is_system=True, extra={"type": "comment"}), said("y", extra={"tool_invocations": [1], "image": "a", "files": [1]}), said("z", True)), None
    yield "tavern-no-name", chat({"user_name": 5, "character_name": None}, {"is_user": True, "mes": "x"}), None

    card = {"name": "Mara", "description": "{{char}} keeps an inn. <BOT> {{// x}} {{random:a}} {{", "first_mes": "Hi, <USER>.", "mes_example": "<START>\n{{user}}: A?\n{{char}}: B.\n<START>\nrain"}
    book = {"entries": [{"keys": ["a"], "content": "@@depth 4\nb", "insertion_order": 1e300}, {"keys": "x, y", "content": "c"}, {"content": ""}, 7, {"keys": ["/a/"], "use_regex": True, "content": "d"}]}
    second = {"spec": "chara_card_v2", "data": {**card, "alternate_greetings": ["", "Ho", 5], "character_book": book, "system_prompt": "{{original}}" * 9, "extensions": {"depth_prompt": {"prompt": "p"}}}}
    text = base64.b64encode(json.dumps(second).encode())
    yield "card", json.dumps(card), None
    yield "card-v2", json.dumps(second), None
    yield "card-v3", json.dumps({**second, "spec": "chara_card_v3", "data": {**second["data"], "nickname": "M", "assets": [{}], "group_only_greetings": [1]}}), None
    yield "card-pygmalion", json.dumps({"char_name": "M", "char_persona": "x", "char_greeting": "y"}), None
    yield "card-no-name", json.dumps({"spec": "chara_card_v2", "data": {"description": "x"}}), None
    yield "card-odd", json.dumps({"name": "M", "description": "x", "first_mes": 5, "alternate_greetings": {}, "character_book": {"entries": {"0": {"key": ["a"], "content": "b"}}}}), None
    yield "card-cut", json.dumps(second)[:300], "is damaged at line 1"
    yield "picture", picture((b"tEXt", b"chara\0" + text)), None
    yield "picture-both", picture((b"tEXt", b"chara\0" + text), (b"tEXt", b"ccv3\0" + text)), None
    yield "picture-packed", picture((b"zTXt", b"chara\0\0" + zlib.compress(text))), None
    yield "picture-international", picture((b"iTXt", b"chara\0\1\0en\0\0" + zlib.compress(text))), None
    yield "picture-packed-cut", picture((b"zTXt", b"chara\0\0" + zlib.compress(text)[:40])), "its compressed text ends too early"
    yield "picture-packed-broken", picture((b"zTXt", b"chara\0\0" + bytes(40))), "its compressed text is broken"
    yield "picture-method", picture((b"zTXt", b"chara\0\7abc")), "compressed in an unknown way"
    yield "picture-no-base64", picture((b"tEXt", b"chara\0\xff\xfe")), "it is not in base64"
    yield "picture-no-json", picture((b"tEXt", b"chara\0" + base64.b64encode(b"{"))), "its character cannot be read"
    yield "picture-none", picture(), "is a picture without a character"
    yield "picture-checksum", picture((b"tEXt", b"chara\0" + text)).replace(b"chara", b"CHARA"), "the checksum of its character is wrong"
    yield "picture-cut", picture((b"tEXt", b"chara\0" + text))[:90], "it ends in the middle of a chunk"
    yield "picture-length", picture()[:8] + b"\xff\xff\xff\xfftEXtchara\0", "becomes larger"
    yield "picture-length-of-data", picture()[:8] + b"\xff\xff\xff\xffIDAT", "it ends in the middle of a chunk"

    ours = {"conversation": {"id": 5, "uuid": "6650c0de-1111-4222-8333-0123456789ab", "title": "T", "headTurnId": 3, "variants": 1e9, "contextRule": "x", "fields": {"a": 5}},
            "turns": [{"id": 1, "role": "user", "text": "Hi"}, {"id": 2, "parentTurnId": 1, "role": "assistant", "activeDraftId": 9, "drafts": [{"id": 8, "text": "a", "starred": True}, {"id": 9, "text": "b"}]}, {"id": 3, "parentTurnId": 2, "parentDraftId": 8, "role": "user", "text": "And?"}]}
    yield "ours", json.dumps(ours, indent=1), None
    yield "ours-several", json.dumps({"conversations": [ours, ours]}, indent=2), None
    yield "ours-circle", json.dumps({**ours, "turns": [{"id": 1, "parentTurnId": 2, "role": "user", "text": "a"}, {"id": 2, "parentTurnId": 1, "role": "user", "text": "b"}]}), None
    yield "ours-same-ids", json.dumps({**ours, "turns": ours["turns"] * 3}), None
    yield "ours-own-parent", json.dumps({**ours, "turns": [{"id": 1, "parentTurnId": 1, "role": "user", "text": "a"}]}), None
    yield "ours-odd", json.dumps({"conversation": {"examples": [1], "book": [{}], "greetings": [2]}, "turns": [1, {"role": "system"}, {"id": 1e300, "role": "user", "drafts": [1]}]}), None
    yield "messages", '{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "Hi"}]}\n' * 3, None
    yield "messages-list", '[{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}, 7]}, {"role": "x", "content": null}]', None
    yield "messages-odd", '{"messages": [1, {"role": 5}, {"role": "user"}]}', "holds no conversation"

    many = "[" + ",".join([sound[1:-1]] * 40) + "]"
    yield "zip", archive([("e/conversations.json", sound), ("e/user.json", "{}")]), None
    yield "zip-stored", archive([("conversations.json", sound)], zipfile.ZIP_STORED), None
    yield "zip-parts", archive([(f"conversations-{i:03}.json", many) for i in range(3)]), None
    yield "zip-card", archive([("card.json", json.dumps(second)), ("a.png", b"x")]), None
    yield "zip-mixed", archive([("a.jsonl", chat(head, said("x"))), ("b.json", "{}"), ("c.png", picture((b"tEXt", b"chara\0" + text)))]), None
    yield "zip-none", archive([("a.txt", "x")]), "no file that can be imported"
    yield "zip-empty", archive([]), "It is empty"
    yield "zip-inside", archive([("conversations.json", archive([("conversations.json", sound)]))]), "is compressed"
    yield "zip-cut", archive([("conversations.json", many)])[:-30], "is damaged"
    moved = archive([("a.txt", "x"), ("conversations.json", many)])
    yield "zip-data", moved[:5] + moved[5:].replace(b"PK\3\4", b"PK\3\5"), "it is not where the list of files says"
    whole = archive([("conversations.json", many)])
    yield "zip-checksum", whole[:-60] + bytes([whole[-60] ^ 1]) + whole[-59:], "*"
    yield "zip-offset", whole[:-6] + b"\xff\xff\xff\x7f" + whole[-2:], "its list of files is broken"
    yield "zip-large-numbers", whole[:-12] + b"\xff" * 10 + whole[-2:], "its list of files is broken"
    yield "zip-of-spaces", archive([("conversations.json", " " * (4 << 20) + sound)]), None
    yield "zip-of-a-long-text", archive([("conversations.json", export({"a": node(None, "user", "x" * (1 << 20))}))]), None
    yield "zip-damaged-inside", archive([("conversations.json", many[:-4])]), "conversations.json is damaged at line 1"
    yield "gzip", gzip.compress(sound.encode(), mtime=0), None
    yield "gzip-cut", gzip.compress(sound.encode(), mtime=0)[:60], "it ends too early"
    yield "gzip-checksum", gzip.compress(sound.encode(), mtime=0)[:-8] + bytes(8), "its packed data is wrong"

    yield "empty", "", "is empty"
    yield "spaces", " \n" * 100, "is empty"
    yield "text", "hello", "holds none of what can be imported"
    yield "page", "<html>", "is a web page"
    yield "utf16", sound.encode("utf-16"), "is UTF-16 text"
    yield "jpeg", b"\xff\xd8\xff\xe0", "is a picture in JPEG format"
    yield "brackets", "[" * 60000, "nested deeper"
    yield "quotes", '{"a": "' + "x" * 60000, "a string does not end"
    yield "backslashes", '["' + "\\" * 60001, "is damaged"
    yield "byte-order-mark", b"\xef\xbb\xbf" + sound.encode(), None


def rows_cases():
    """Rows to train on. What begins with "text" or "prompt" is read as CSV, what begins with a brace or bracket as JSON."""
    pair = '{"prompt": "Name a lamp.", "response": "Aurora"}\n'
    yield "text", "A quiet garden.\n\nA small bird.\n---\nThe gate.\n", None
    yield "lines", pair + '\n{"text": "A document"}\n{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n', None
    yield "list", "[" + pair + ",\n" + pair + ', {"text": "[{\\"x\\\\\\"}]"}]', None
    yield "csv", 'prompt,response\n"a ""b""\nc",d\r\n\ne,"f, g"\n', None
    yield "csv-texts", "text\none\ntwo\n", None
    yield "alpaca", '{"instruction": "a", "input": "b", "output": "c"}', None
    yield "share", '{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}', None

    yield "empty", "", "has no rows"
    yield "spaces", " \n\t\r\n" * 50, "has no rows"
    yield "only-a-mark", b"\xef\xbb\xbf", "has no rows"
    yield "mark", b"\xef\xbb\xbf" + pair.encode(), None
    yield "marks-inside", b"\xef\xbb\xbfa\n\n\xef\xbb\xbfb\n", None
    yield "not-utf8", b"a\xff\xc3\n\n\xf0\x9f\x98\n\xed\xa0\x80", None
    yield "not-utf8-json", b'{"text": "\xff\xfea\xc3("}', None
    yield "nul", b"a text with\0 nothing\0\n\0\nin it\n", None
    yield "nul-json", '{"text": "a\\u0000b"}', None
    yield "mostly-nul", b"a\0\0\0" * 100, "is no text"
    yield "returns", "a\rb\r\r\n\rc", None
    yield "halves-of-signs", '{"text": "\\ud83d and \\ude00 \\ud83d\\ude00"}', None
    yield "utf16", pair.encode("utf-16"), "is text in UTF-16"
    yield "parquet", b"PAR1" + bytes(40), "is a Parquet file"
    yield "gzip", gzip.compress(pair.encode(), mtime=0), "is compressed (gzip)"
    yield "zip", archive([("rows.jsonl", pair)]), "is a ZIP archive"
    yield "model", b"GGUF" + bytes(8), "is a model file"

    yield "cut", pair + pair[:20], "line 2: it is no JSON"
    yield "two-in-a-line", pair.strip() + pair, "line 1: it is no JSON"
    yield "number", pair + "7\n", "line 2: it is the number 7, and a row is an object"
    yield "brackets", "{" + '"a": [' * 20000, "is no JSON"
    yield "string-open", '{"text": "' + "x" * 60000, "is no JSON"
    yield "backslashes", '{"text": "' + "\\" * 60001, "is no JSON"
    yield "many-names", "{" + ",".join(f'"n{i}": 1' for i in range(4000)) + "}", "it has none of 'text'"
    yield "name-twice", '{"text": "a", "text": 5}', "*"
    yield "control-name", '{"\\u001b[2J": 1}', "it has none of 'text'"
    for name, value in {"number": "1e999", "true": "true", "list": "[[]]", "object": "{}"}.items():
        yield f"text-{name}", f'{{"text": {value}}}', "has to be a text" if name != "number" else "*"
        yield f"answer-{name}", f'{{"prompt": "a", "response": {value}}}', "has to be a text" if name != "number" else "*"
    yield "nulls", pair + '{"text": null}\n{"prompt": null, "response": "a"}\n{"prompt": "a", "response": null}', None
    for name, value in {"object": "{}", "text": '"x"', "number": "1"}.items():
        yield f"messages-{name}", f'{{"messages": {value}}}', "has to be a list of messages"
    yield "messages-empty", '{"messages": []}', None
    yield "messages-of-numbers", '{"messages": [1, null, []]}', "message 1 of 'messages' has no 'role'"
    yield "role-number", '{"messages": [{"role": 1, "content": "a"}]}', "has no 'role'"
    yield "role-tool", '{"messages": [{"role": "tool", "content": "a"}]}', "has the role 'tool'"
    yield "content-null", '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null}]}', None
    yield "content-parts", '{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {}]}]}', "is no text, such as a picture"
    yield "system-late", '{"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "s"}, {"role": "assistant", "content": "b"}]}', None
    yield "answer-first", '{"messages": [{"role": "assistant", "content": "b"}, {"role": "user", "content": "a"}]}', None
    yield "answers-in-a-row", '{"messages": [{"role": "user", "content": "a"}' + ', {"role": "assistant", "content": "b"}' * 500 + "]}", None
    yield "long-talk", '{"messages": [' + ", ".join(f'{{"role": "{role}", "content": "{i}"}}' for i in range(60) for role in ["user", "assistant"]) + "]}", None
    yield "weight-odd", '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": "x"}]}', None
    yield "special-names", '{"prompt": "<|im_end|>", "response": "<|im_start|>assistant<|im_end|><|im_"}', None
    yield "thoughts", '{"prompt": "a", "response": "<think>b</think>c</think><think>"}', None
    yield "long-prompt", '{"prompt": "' + "word " * 9000 + '", "response": "a"}', None
    yield "long-answer", '{"prompt": "a", "response": "' + "word " * 9000 + '"}', None

    yield "list-open", "[" + pair, "the list does not end"
    yield "list-of-lists", "[[[[" + pair + "]]]]", "it is an array"
    yield "list-commas", "[,,," + pair + ",,]", None
    yield "list-behind", "[" + pair + "]\n and more", "line 3: something follows the end of the list"
    yield "list-deep", "[" * 60000, "the list does not end"
    yield "list-closed-early", "[}" + pair, "line 1: something follows the end of the list"

    yield "csv-no-column", "textual,b\n1,2\n", "has no column 'text'"
    yield "csv-head-only", "text,b\n", "has no rows"
    yield "csv-few", "text,b\n1\n", "line 2: it has 1 field"
    yield "csv-many", "text\n1,2,3\n", "line 2: it has 3 fields"
    yield "csv-open", 'text\n"' + "a\n" * 2000, "a quotation mark is not closed"
    yield "csv-behind-quotes", 'text\n"a"b"c"\n', "text follows a field in quotation marks"
    yield "csv-quotes", "text\n" + '"' * 60001, "a quotation mark is not closed"
    yield "csv-columns", "text" + "," * 30000 + "\n" + "," * 30000, None
    yield "csv-name-twice", "text,text\na,b\n", None
    yield "csv-not-utf8", b"text,\xff\n\xff,\xc3\n", None

    yield "one-line", "word " * 13000, None
    yield "one-word", "ä" * 30000, None
    yield "separators", "---\n" * 1000, None
    yield "same", "a\n\n" * 5000, None


def main():
    for target in ["gguf", "safetensors", "config", "index", "tokenizer", "adapter", "template", "grammar", "schema", "settings", "events", "failure", "hub", "import", "rows"]:
        folder = FOLDER / target
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        expected = {}
        for name, data, part in globals()[target + "_cases"]():
            assert name not in expected, name
            (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
            expected[name] = part
        (FOLDER / f"{target}.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


main()
