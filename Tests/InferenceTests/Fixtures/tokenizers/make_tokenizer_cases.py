#!/usr/bin/env python3
"""Writes the cases that TokenizerTests compare with: texts and the ids that Hugging Face's `tokenizers` gives.

    pip install tokenizers==0.23.3
    python3 make_tokenizer_cases.py path/to/tokenizer.json     # the tokenizer.json of the built-in model

Writes built-in.json (ids by that tokenizer, which is also inside Sources/CEmbed/built-in.gguf) and small.json (tiny
vocabularies, trained here on the text below, with the ids under each pre-tokenizer). Same output on every run.
"""

import base64
import json
import random
import sys
from pathlib import Path

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, trainers
from tokenizers import pre_tokenizers as pre

HERE = Path(__file__).parent

SENTENCES = [
    "Hello world, it's a test.", "The lamp doesn't need a cable; we'll see.", "IT'S HERE! Don't they've I'M you'D",
    "", " ", "  ", "   leading spaces", "trailing spaces   ", "tabs\tand\t\ttabs", "line\nbreaks\n\nand\r\nmore\r\n\r\n",
    " \n \n  x", "a  b   c    d", "3.14159 and 1,234,567 or 0x1F", "1 22 333 4444 55555 666666", "٣٤٥ ²³ ½ Ⅷ ௧௨",
    "def f(x):\n    return x ** 2  # square\n", "for (int i = 0; i < n; ++i) { a[i] += \"\\n\"; }",
    "<div class='x'>&amp;</div>", "https://example.org/a?b=c&d=e#f", "snake_case camelCase PascalCase SCREAMING_CASE",
    "HTTPServer iPhone McDonald XMLHttpRequest", "日本語のテキスト、カタカナ。", "中文句子，没有空格。", "한국어 문장입니다",
    "Привет, мир! Как дела?", "Γειά σου Κόσμε", "مرحبا بالعالم", "שלום עולם", "नमस्ते दुनिया क्षि", "ไทยไม่มีช่องว่าง",
    "naïve café résumé", "e\u0301 a\u0308 n\u0303 combining", "😀😃 👍🏽 👩‍👩‍👧 🇩🇪 emoji", "“quotes” ‘single’ — dash… ellipsis",
    "\u00a0no-break\u2003em\u3000wide\u200bzero", "control\x00\x01\x1b[0m\x7f\x85", "\ufeffbom and \ufffd replacement",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 𠮷", "a'ſ b'S c'RE 'll", "!!!???...---===***", "$5.00 + €3 = £7 ± 2%", "ﬁ ﬂ ligatures Ǆ ǅ ǆ",
    "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "<|endoftext|><|im_end|", "x" * 70, "ab" * 40,
]

TRAINING = SENTENCES * 3 + [
    "The quick lamp lights the desk. The desk holds the lamp, and the lamp is warm.",
    "It's the writer's desk; they're writing, we've read, I'm here, you'll see, he'd know, don't ask.",
    "Numbers 2024 1999 100 200 300 1234 5678 90 12 345 6789", "if x == 10:\n    print(x)\n\n    return [x, y]\n",
    "日本語日本語テキストテキスト", "Привет привет мир мир", "HTTPServer HTTPClient JSONParser", "one\n\ntwo\n\nthree\r\n",
] * 6

CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
REST = r"|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + REST
QWEN = LLAMA.replace("{1,3}", "")
QWEN35 = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*" + REST
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
CASED = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{CONTRACTIONS}?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{CONTRACTIONS}?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + REST
)
TEKKEN = CASED.replace(CONTRACTIONS + "?", "").replace("{1,3}", "")
MARKED = (
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
    r"""| ?[\p{P}\p{S}]+[\r\n]*""" + REST
)


def split(pattern):
    return pre.Split(Regex(pattern), "isolated")


def raw_bytes(use_regex=False):
    return pre.ByteLevel(add_prefix_space=False, use_regex=use_regex)


PRE_TOKENIZERS = {
    "gpt-2": raw_bytes(True),
    "smollm": pre.Sequence([pre.Digits(individual_digits=True), raw_bytes(True)]),
    "llama-bpe": pre.Sequence([split(LLAMA), raw_bytes()]),
    "qwen2": pre.Sequence([split(QWEN), raw_bytes()]),
    "qwen35": pre.Sequence([split(QWEN35), raw_bytes()]),
    "gpt-4o": pre.Sequence([split(CASED), raw_bytes()]),
    "tekken": pre.Sequence([split(TEKKEN), raw_bytes()]),
    "deepseek-v3": pre.Sequence([split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(MARKED), raw_bytes()]),
    "deepseek-coder": pre.Sequence([
        split(r"[\r\n]"), split(r"\s?\p{L}+"), split(r"\s?\p{P}+"), split("[一-龥ࠀ-一가-퟿]+"), split(r"\p{N}"),
        raw_bytes(),
    ]),
    "bloom": pre.Sequence([split(" ?[^(\\s|[.,!?…。，、।۔،])]+"), raw_bytes()]),
}


HAN_LESS = [f"[{kinds}&&[^\\p{{Han}}]]" for kinds in (UPPER[1:-1], LOWER[1:-1])]
KIMI = (
    rf"[\p{{Han}}]+|[^\r\n\p{{L}}\p{{N}}]?{HAN_LESS[0]}*{HAN_LESS[1]}+{CONTRACTIONS}?"
    rf"|[^\r\n\p{{L}}\p{{N}}]?{HAN_LESS[0]}+{HAN_LESS[1]}*{CONTRACTIONS}?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + REST
)
JAIS2 = LLAMA.removesuffix(r"|\s+(?!\S)|\s+") + "".join(
    rf"|\s{{{n}}}(?!\S)" for n in (512, 256, 128, 64, 32, 16, 8, 4)) + r"|\s{1,2}(?!\S)|\s{1}"
BAILING = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
)
EXAONE_MOE = CONTRACTIONS + (
    r"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+"
)
SPARK = MARKED.replace("[\\r\\n]*|\\s*[\\r\\n]+", "|[\\r\\n]")

# Names whose expressions no scanner stands for.
EXPRESSIONS = {
    "kimi-k2": [KIMI], "jais-2": [JAIS2], "bailingmoe2": [BAILING], "exaone-moe": [EXAONE_MOE],
    "spark2_5": [r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", SPARK, r"\p{N}"],
    "tiny_aya": [r"\d{1,3}(?=(?:\d{3})*\b)", CASED],
    "superbpe": [r"\p{N}+", r"(?=(\d{3})+(?!\d))"],
    "youtu": ["[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥぀-ゟ゠-ヿ]+", CASED.replace("{1,3}", "")],
    "granite-embed-multi-97m": [CASED],
}


def random_texts(count, seed):
    """Texts from all of Unicode, ordinary words, spaces, digits and contractions in between."""
    chance = random.Random(seed)
    blocks = [(0x20, 0x7E)] * 6 + [
        (0, 0x2FF), (0x300, 0x36F), (0x370, 0x5FF), (0x600, 0x10FF), (0x1100, 0x2FFF), (0x3000, 0x30FF),
        (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xFFFF), (0x10000, 0x1FFFF), (0x20000, 0x10FFFF),
    ]
    texts = []
    for _ in range(count):
        text = ""
        for _ in range(chance.randint(2, 14)):
            kind = chance.random()
            if kind < 0.4:
                low, high = chance.choice(blocks)
                scalars = (chance.randint(low, high) for _ in range(chance.randint(1, 4)))
                text += "".join(chr(c) for c in scalars if not 0xD800 <= c < 0xE000)
            elif kind < 0.55:
                text += chance.choice([" ", "  ", "\n", "\r\n", "\t", " \n ", "\u3000", "\u00a0", "\x85", "\n\n\n"])
            elif kind < 0.65:
                text += chance.choice(["'s", "'LL", "'Re", "'ve", " 'm", "'ſ", "'d", "'"])
            elif kind < 0.75:
                text += str(chance.randint(0, 10 ** chance.randint(1, 8)))
            else:
                text += chance.choice(["the", " Hello", " lamp", "HTTPServer", "日本", " = ", "->", "é", "😀", "don't"])
        texts.append(text)
    return texts


def broken_texts(count, seed):
    chance = random.Random(seed)
    texts = []
    for text in random_texts(count, seed):
        raw = bytearray((text + "é日😀").encode())
        for _ in range(3):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        texts.append(bytes(raw[: chance.randint(1, len(raw))]))
    return texts


def built_in(path):
    tokenizer = Tokenizer.from_file(path)
    texts = [t.encode() for t in SENTENCES + random_texts(110, 1)] + broken_texts(45, 2)
    return [
        {"bytes": base64.b64encode(raw).decode(),
         "ids": tokenizer.encode(raw.decode("utf-8", "replace"), add_special_tokens=False).ids}
        for raw in texts
    ]


def byte_pairs():
    """A vocabulary whose merges cross words, so that each pre-tokenizer shows in the ids."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = raw_bytes()
    trainer = trainers.BpeTrainer(
        vocab_size=700, initial_alphabet=pre.ByteLevel.alphabet(), show_progress=False, max_token_length=8)
    tokenizer.train_from_iterator(TRAINING, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = sorted(model["vocab"], key=model["vocab"].get)
    cases = []
    for name, pre_tokenizer in PRE_TOKENIZERS.items():
        tokenizer.pre_tokenizer = pre_tokenizer
        tokenizer.model = models.BPE(
            vocab=model["vocab"], merges=[tuple(m) for m in model["merges"]],
            ignore_merges=name in ("llama-bpe", "tekken"))
        cases += [{"pre": name, "text": t, "ids": tokenizer.encode(t).ids} for t in SENTENCES + random_texts(20, 3)]
    for name, patterns in EXPRESSIONS.items():
        tokenizer.pre_tokenizer = pre.Sequence([split(p) for p in patterns] + [raw_bytes()])
        tokenizer.model = models.BPE(
            vocab=model["vocab"], merges=[tuple(m) for m in model["merges"]], ignore_merges=name == "youtu")
        texts = SENTENCES[1:3] + SENTENCES[6:15] + SENTENCES[19:24] + random_texts(16, 7)
        cases += [{"pre": name, "text": t, "ids": tokenizer.encode(t).ids} for t in texts]
    return {"tokens": vocabulary, "merges": [" ".join(m) for m in model["merges"]], "cases": cases}


def sentence_pieces():
    """Byte-pair pieces with scores; the merges are every way to put a piece together, the best piece first."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    trainer = trainers.BpeTrainer(vocab_size=560, show_progress=False)
    words = [w for t in TRAINING for w in ("▁" + t.replace(" ", "▁")).replace("▁", " ▁").split(" ") if w]
    tokenizer.train_from_iterator(words, trainer)
    learned = tokenizer.get_vocab()
    # Line breaks are left to the byte tokens.
    pieces = [p for p in sorted(learned, key=lambda p: (len(p) == 1, learned[p])) if "\n" not in p]
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)] + pieces
    ids = {t: i for i, t in enumerate(tokens)}
    scores = [0.0] * 259 + [-float(i) for i in range(len(pieces))]
    merges = [(p[:i], p[i:]) for p in pieces for i in range(1, len(p)) if p[:i] in ids and p[i:] in ids]
    reference = Tokenizer(models.BPE(
        vocab=ids, merges=merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    reference.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    texts = [t for t in SENTENCES if t] + random_texts(30, 4)
    return {"tokens": tokens, "scores": scores,
            "cases": [{"text": t, "ids": reference.encode(t).ids} for t in texts]}


def unigram(pieces):
    """The same pieces with scores drawn by a seeded generator, so that no two ways to cut are equally likely."""
    chance = random.Random(6)
    vocabulary = [("<unk>", 0.0)] + [(p, -4.0 - 0.8 / len(p) - 4 * chance.random()) for p in pieces]
    tokenizer = Tokenizer(models.Unigram(vocabulary, 0))
    tokenizer.pre_tokenizer = pre.Metaspace()
    # A text that begins with a space is given no second one by Metaspace, but by SentencePiece.
    texts = [t for t in SENTENCES + random_texts(30, 5) if t and t[0] != " "]
    return {"tokens": [t for t, _ in vocabulary], "scores": [s for _, s in vocabulary],
            "cases": [{"text": t, "ids": tokenizer.encode(t).ids} for t in texts]}


# What BERT drops between two letters, takes for a sign of its own, or keeps: by tables of Unicode 8.
BERT_CHARACTERS = (
    "\x0b\x0c\x1c\x7f\x85\u00ad\u200b\u2028\ue000\ufe0f\ufffd\U000f0000"
    "\u0301\u0903\u1734\ua9bd\U0001171e\u1885\U000111c9\u09fe\u20e3\u0378\U000110cd"
    "$^`\u20ac\u00a7\u166d\u2e42\u2e43\u0c77\u4e00\uf900\u2581"
)


def word_pieces():
    """Words as BERT cuts them, written as GGUF files do: ▁ begins a word, and what goes on in one has no sign."""
    normalizer, pre_tokenizer = normalizers.BertNormalizer(), pre.BertPreTokenizer()
    text = normalizer.normalize_str(" ".join(SENTENCES))
    words = sorted({word for word, _ in pre_tokenizer.pre_tokenize_str(text)})
    letters = sorted({*"".join(words), *BERT_CHARACTERS} - {"▁"})
    pieces = letters + [w for w in words if 1 < len(w) < 9] + ["##" + c for c in letters]
    pieces += sorted({"##" + w[at:] for w in words if 3 < len(w) < 12 for at in (1, len(w) // 2)} - set(pieces))
    tokens = ["[UNK]"] + pieces
    tokenizer = Tokenizer(models.WordPiece(vocab={t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, pre_tokenizer
    texts = SENTENCES + random_texts(30, 8) + [f"lamp{c}light" for c in BERT_CHARACTERS]
    texts += ["1\ufe0f\u20e3 한국어 \u1112\u1161\u11ab", "x" * 100 + " " + "x" * 101]
    return {"tokens": [t if t == "[UNK]" else t[2:] if t.startswith("##") else "▁" + t for t in tokens],
            "cases": [{"text": t, "ids": tokenizer.encode(t).ids} for t in texts]}


def main():
    made_with = f"tokenizers {tokenizers.__version__}"
    pieces = sentence_pieces()
    files = {
        "built-in.json": {"madeWith": made_with, "cases": built_in(sys.argv[1])},
        "small.json": {
            "madeWith": made_with, "bytePairs": byte_pairs(), "sentencePieces": pieces,
            "unigram": unigram(pieces["tokens"][259:]), "wordPieces": word_pieces(),
        },
    }
    for name, content in files.items():
        text = json.dumps(content, ensure_ascii=True, separators=(",", ":")).replace('},{"', '},\n{"')
        (HERE / name).write_text(text + "\n")
        print(name, len(text), "bytes")


if __name__ == "__main__":
    main()
