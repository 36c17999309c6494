"""Makes vocabulary/: small corpora, and what Hugging Face's tokenizers learn of them.

    python make_vocabulary.py        (tokenizers 0.23.3; seed 11)

The texts are generated here. A case of cases.json names its corpus and settings, the merges, the tokens behind the special
ones and the bytes, and, for some texts, the ids. tokenizer.json is the whole file of one case.
"""
import json
import pathlib
import random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

here = pathlib.Path(__file__).parent / "vocabulary"
here.mkdir(exist_ok=True)
draw = random.Random(11)


def pick(words):
    return words[min(int(draw.paretovariate(0.9)) - 1, len(words) - 1)]


english = "the of and to in is it you that was for on are with as his they at be this from have or by one had not but what " \
          "all were when we there can an your which their said if do will each about how up out them then she many some " \
          "garden window letter writes market reading teacher's they'll I'm we've it's can't 12 1984 3.5".split()
signs = "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小心多天"


def sentence():
    words = [pick(english) for _ in range(draw.randint(4, 14))]
    return " ".join(words).capitalize() + draw.choice([".", "!", "?", ",", ";"])


def lines(count, make):
    return "".join(make() + draw.choice(["\n", "\n", "\n\n", "\r\n", " \n", "\n\n\n    "]) for _ in range(count))


def chinese():
    return "".join(pick(signs) for _ in range(draw.randint(5, 25))) + draw.choice("。，！？；")


def code():
    name = "_".join(pick(english) for _ in range(2))
    return f"    def {name}(self, x={draw.randint(0, 999)}):\n\t\treturn self.{name}[x] + {draw.randint(0, 99)}  # {sentence()}"


corpora = {
    "english.txt": lines(90, sentence),
    "chinese.txt": "\ufeff" + lines(60, chinese),
    "code.txt": lines(40, code),
    "word.txt": "".join(draw.choice("abc") for _ in range(1500)) + "aaaaaaaaaaaaa" * 9,
    "mixed.txt": lines(40, lambda: draw.choice([sentence, chinese, code])() + draw.choice(
        ["", " 🙂🙂", " é e\u0301 ß", " <|end|>", "<|end|><|begin|>", " <|en", " ２３", "\u3000\u00a0 x", "\x00\x01", "ǅ ⅷ"])),
}
rows = [json.dumps({"text": sentence() + "\n\n" + chinese()}, ensure_ascii=index % 2 == 0) for index in range(12)]
rows += [json.dumps({"prompt": sentence(), "response": code(), "id": index}) for index in range(12)]
rows += [json.dumps({"messages": [{"role": "user", "content": sentence()}, {"role": "assistant", "content": lines(3, code)},
                                  {"role": "tool", "content": None}]}) for _ in range(12)]
corpora["rows.jsonl"] = "\ufeff" + "\n".join(rows) + "\n\n"
for name, text in corpora.items():
    (here / name).write_bytes(text.encode())


def texts(name, specials):
    """What a corpus is to the reference: lines with their ends or whole texts, cut at the special tokens."""
    wholes = [corpora[name]]
    if name.endswith(".jsonl"):
        rows = [json.loads(line) for line in corpora[name].removeprefix("\ufeff").split("\n") if line]
        wholes = [row[key] for row in rows for key in ("text", "prompt", "response") if key in row]
        wholes += [message["content"] for row in rows for message in row.get("messages", []) if message["content"]]
    for special in specials:
        wholes = [part for text in wholes for part in text.split(special)]
    for text in wholes:
        if name.endswith(".jsonl"):
            yield text
        else:
            yield from (line + "\n" for line in text.split("\n")[:-1])
            yield text.split("\n")[-1]


def trained(name, size, frequency, specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, min_frequency=frequency, special_tokens=specials, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    if name.endswith(".txt") and not any(special in corpora[name] for special in specials):
        tokenizer.train([str(here / name)], trainer)
    else:
        tokenizer.train_from_iterator(texts(name, specials), trainer)
    return tokenizer


probes = [sentence(), chinese(), code(), "<|end|>Naïve\r\n\n  <|begin|> café 🙂", corpora["mixed.txt"][:150], ""]
cases = []
for name in corpora:
    for size, frequency, specials in [(300, 0, ["<|end|>"]), (420, 2, ["<|end|>", "<|begin|>"]), (420, 5, []), (600, 0, []),
                                      (310, 0, ["<|end|>", "\u0120t", "bc", "<|end|>", "!", "a \"\\\n\x07"])]:
        tokenizer = trained(name, size, frequency, specials)
        model = json.loads(tokenizer.to_str())["model"]
        tokens = sorted(model["vocab"], key=model["vocab"].get)
        # The test makes the tokens of the merges in the same way.
        made = list(dict.fromkeys(specials)) + sorted(pre_tokenizers.ByteLevel.alphabet())
        assert tokens == list(dict.fromkeys(made + ["".join(pair) for pair in model["merges"]])), name
        cases.append(dict(corpus=name, size=size, minFrequency=frequency, specials=specials, tokenCount=len(tokens),
                          merges=[" ".join(pair) for pair in model["merges"]],
                          ids=[tokenizer.encode(text).ids for text in probes]))
        if name == "mixed.txt" and size == 310:
            tokenizer.save(str(here / "tokenizer.json"))
lines = ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases)
(here / "cases.json").write_text(f'{{"probes": {json.dumps(probes)}, "cases": [\n{lines}\n]}}\n')
