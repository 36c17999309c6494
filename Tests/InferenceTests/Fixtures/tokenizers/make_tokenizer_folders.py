#!/usr/bin/env python3
"""Writes folders/: tokenizer.json files of the kinds that models have, and the ids that they give.

    pip install tokenizers==0.23.3
    python3 make_tokenizer_folders.py

texts.json holds the texts; NAME.json the files of one folder, and for each text its ids without and with the tokens that
the file puts around it. Vocabularies are trained here on a few sentences of make_tokenizer_cases.py. FilesTokenizerTests
reads them. Same output on every run, but for the last digits of unigram scores.
"""
import json
import random
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, processors, trainers
from tokenizers import normalizers as nz
from tokenizers import pre_tokenizers as pre

import make_tokenizer_cases as cases

OUT = Path(__file__).parent / "folders"
RANGES = [(32, 127), (0xA0, 0x250), (0x300, 0x370), (0x400, 0x460), (0x3040, 0x3100), (0x4E00, 0x4F00), (0xAC00, 0xAD00),
          (0x1100, 0x1200), (0x900, 0x980), (0x20, 0x21), (0x20, 0x21), (10, 11), (0x1F600, 0x1F601)]
AROUND = [
    "a <|end|>  b", "<|end|>", " <|end|> x<|end|>y", "<s>hi</s> there", "one<extra>two <extra> three",
    "x <|pad|> \n y", "Cafe\u0301 <|end|> \u1100\u1161\u11a8", "word<single>word <single> word",
    "<|end|>\n\n<|end|> \t x", "  <s>  double  </s>  ", "a\u2581b \u2581 c",
]
SENTENCES = cases.SENTENCES[:14] + [s for s in cases.SENTENCES[14:] if not s.isascii()]


def junk(generator):
    return "".join(chr(generator.randrange(*generator.choice(RANGES))) for _ in range(generator.randrange(1, 50)))


def special(text, **rules):
    return AddedToken(text, special=True, normalized=False, **rules)


def byte_level(steps, normalizer=None, ignore_merges=False):
    tok = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tok.pre_tokenizer, tok.decoder = steps, decoders.ByteLevel()
    if normalizer:
        tok.normalizer = normalizer
    tok.train_from_iterator(cases.TRAINING, trainers.BpeTrainer(
        vocab_size=330, initial_alphabet=pre.ByteLevel.alphabet(), show_progress=False))
    return tok


def byte_fallback(normalizer, steps):
    """Merges are learned from words; bytes of characters that are no tokens are tokens themselves."""
    taught = Tokenizer(models.BPE())
    taught.pre_tokenizer = pre.Metaspace()
    taught.train_from_iterator(cases.TRAINING, trainers.BpeTrainer(vocab_size=330, show_progress=False))
    model = json.loads(taught.to_str())["model"]
    vocab = {name: i for i, name in enumerate(["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(256)])}
    for name in sorted(model["vocab"], key=model["vocab"].get):
        vocab.setdefault(name, len(vocab))
    merges = [tuple(pair) for pair in model["merges"]]
    tok = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if normalizer:
        tok.normalizer = normalizer
    if steps:
        tok.pre_tokenizer = steps
    tok.add_special_tokens([special("<unk>"), special("<s>"), special("</s>")])
    return tok


def unigram(normalizer, steps, byte_fallback=False):
    tok = Tokenizer(models.Unigram())
    tok.normalizer, tok.pre_tokenizer = normalizer, steps
    tok.train_from_iterator(cases.TRAINING, trainers.UnigramTrainer(
        vocab_size=300, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    if byte_fallback:
        file = json.loads(tok.to_str())
        pieces = file["model"]["vocab"]
        pieces[3:3] = [[f"<0x{i:02X}>", 0.0] for i in range(256)]
        file["model"]["byte_fallback"] = True
        tok = Tokenizer.from_str(json.dumps(file))
    tok.post_processor = around(tok, "$A </s>")
    return tok


def around(tok, single):
    names = [name.split(":")[0] for name in single.split() if not name.startswith("$")]
    return processors.TemplateProcessing(single=single, special_tokens=[(n, tok.token_to_id(n)) for n in names])


def tokenizers():
    words = pre.Sequence([cases.split(cases.LLAMA), cases.raw_bytes()])
    tok = byte_level(pre.Sequence([cases.split(cases.QWEN), cases.raw_bytes()]), nz.NFC())
    tok.add_special_tokens([special("<|end|>"), special("<|pad|>")])
    tok.add_tokens([AddedToken("<extra>", normalized=False)])
    tok.post_processor = processors.ByteLevel(trim_offsets=False)
    yield "qwen2", tok, {"eos_token": "<|end|>"}

    tok = byte_level(words, ignore_merges=True)
    tok.add_special_tokens([special("<s>"), special("<|end|>")])
    tok.add_tokens([AddedToken("<single>", single_word=True, normalized=False), AddedToken("<extra>", lstrip=True)])
    tok.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), around(tok, "<s> $A")])
    yield "llama3", tok, {"bos_token": "<s>", "eos_token": "<|end|>"}

    tok = byte_level(pre.ByteLevel(add_prefix_space=True))
    tok.add_special_tokens([special("<s>"), special("</s>"), special("<|end|>", lstrip=True)])
    tok.post_processor = processors.RobertaProcessing(
        ("</s>", tok.token_to_id("</s>")), ("<s>", tok.token_to_id("<s>")))
    yield "prefix-space", tok, {"bos_token": "<s>", "eos_token": "</s>"}

    tok = byte_fallback(nz.Sequence([nz.Prepend("▁"), nz.Replace(" ", "▁")]), None)
    tok.add_special_tokens([special("<|end|>", rstrip=True), special("<|pad|>", rstrip=True, lstrip=True)])
    tok.post_processor = around(tok, "<s> $A")
    yield "llama2", tok, {"bos_token": "<s>", "eos_token": {"content": "</s>"}, "add_bos_token": True}

    tok = byte_fallback(None, pre.Metaspace(prepend_scheme="first", split=False))
    tok.post_processor = around(tok, "<s> $A </s>")
    yield "metaspace-first", tok, {"bos_token": "<s>", "eos_token": "</s>"}

    tok = byte_fallback(None, pre.Metaspace(prepend_scheme="always", split=True))
    yield "metaspace-words", tok, {"bos_token": "<s>", "eos_token": "</s>"}

    tok = byte_fallback(nz.Replace(" ", "▁"), pre.Split(" ", "merged_with_previous"))
    tok.add_tokens([AddedToken("\n\n", normalized=False), AddedToken("▁▁", normalized=False)])
    tok.post_processor = around(tok, "<s> $A")
    yield "gemma", tok, {"bos_token": "<s>", "eos_token": "</s>"}

    tok = byte_level(pre.Sequence([
        pre.Punctuation("contiguous"), pre.ByteLevel(add_prefix_space=True), pre.Digits(), cases.split("[0-9][0-9][0-9]")]))
    yield "digits-of-bytes", tok, {}

    tok = byte_level(pre.Sequence([
        pre.Split(" ", "merged_with_previous"), pre.Split(Regex(r"(?<!\d)\d{1,2}(?=(?:\d{2})*+$)"), "merged_with_next"),
        pre.Split(Regex("[aeiou&&[^e]]|(?i:ſ|K)"), "contiguous"), pre.Split("th", "removed"),
        pre.Split(Regex(r"\b\p{Lu}{2,}?|\W\R?"), "isolated", invert=True), cases.raw_bytes()]))
    yield "behaviors", tok, {}

    tok = byte_level(pre.Sequence([pre.Whitespace(), pre.CharDelimiterSplit("x"), cases.raw_bytes()]),
                     nz.Sequence([nz.NFD(), nz.StripAccents(), nz.Replace(Regex(r"\s+"), " "), nz.Strip()]))
    yield "whitespace", tok, {}

    tok = byte_fallback(nz.Sequence([nz.Prepend("▁"), nz.Replace(" ", "▁")]), None)
    tok.add_tokens([AddedToken("lamp"), AddedToken("▁"), AddedToken("<extra>", rstrip=True)])
    tok.add_special_tokens([special("<|end|>"), AddedToken("<|pad|>", special=True, normalized=True)])
    tok.post_processor = around(tok, "<s> <|end|> $A")
    yield "normalized-names", tok, {"bos_token": "<s>"}

    for name, fuses in (("unknown-fused", True), ("unknown-each", False)):
        file = json.loads(byte_fallback(None, pre.Sequence([pre.Metaspace(), pre.Punctuation()])).to_str())
        file["model"] |= {"byte_fallback": False, "fuse_unk": fuses, "ignore_merges": fuses}
        yield name, Tokenizer.from_str(json.dumps(file)), {}

    yield "unigram-bytes", unigram(
        nz.Sequence([nz.Prepend("▁"), nz.Replace(" ", "▁")]), None, byte_fallback=True), {"eos_token": "</s>"}

    merged = nz.Replace(Regex(" {2,}"), " ")
    yield "unigram", unigram(merged, pre.Metaspace(prepend_scheme="always")), {"eos_token": "</s>"}
    yield "unigram-words", unigram(
        nz.Sequence([nz.Nmt(), nz.NFKC(), merged]), pre.Sequence([pre.WhitespaceSplit(), pre.Metaspace()])
    ), {"eos_token": "</s>"}


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    generator = random.Random(3)
    texts = SENTENCES + AROUND + [junk(generator) for _ in range(30)]
    OUT.mkdir(exist_ok=True)
    write(OUT / "texts.json", texts)
    for name, tok, settings in tokenizers():
        write(OUT / f"{name}.json", {
            "tokenizer": tok.to_str(), "settings": json.dumps(settings),
            "plain": [tok.encode(text, add_special_tokens=False).ids for text in texts],
            "whole": [tok.encode(text).ids for text in texts],
        })
