"""Writes masks/*.json: conversations, the ids that transformers makes of them, and which of the ids are learned.

Needs transformers, gguf and the two model files: make_masks.py FOLDER-OF-MODELS
The Gemma file is of a base model without a template; masks/gemma.jinja writes the turns of its instructed sister.
The mask is found by the places of the answers in the rendered text, so it is independent of how Copydesk finds it.
"""
import json
import pathlib
import sys

from transformers import AutoTokenizer

HERE = pathlib.Path(__file__).parent / "masks"
MODELS = {"qwen": "qwen2.5-coder-0.5b-q4.gguf", "gemma": "gemma-3-270m-q4_k_m.gguf"}
ENDS = {"qwen": "<|im_end|>", "gemma": "<end_of_turn>"}


def talk(*texts, system=None):
    roles = ["user", "assistant"]
    turns = [{"role": roles[i % 2], "content": text} for i, text in enumerate(texts)]
    return ([{"role": "system", "content": system}] if system else []) + turns


TALKS = [
    talk("Hello there", "Hi!  How are you?"),
    talk("Name a lamp.", "Aurora", "Another one, please.", "Lumen, or\n\nGlow.", "And in German?", "Leuchte – 灯 😀"),
    talk("Be short: why is the sky blue?", "Scattering.", system="You answer in one word."),
    talk("Write code", "```swift\nlet a = 1\n\tprint(a)\n```"),
    talk("the cat ", "sat"),
    talk("It's 1234567 or 3.14, isn't it?", "We've 90210\u00a0reasons:\t7 × 6 = 42!", "...", "??!"),
    talk("Код для 👩‍👩‍👧", "مرحبا, naïve Ärger {{ x }} <b>", "{% if %}", "A\n\n\nB\r\n  C", system="a\n\nb  c"),
    talk("x" * 60, "answer " * 40 + "end"),
]


def main():
    folder = pathlib.Path(sys.argv[1])
    for name, file in MODELS.items():
        tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
        template = tokenizer.chat_template or (HERE / f"{name}.jinja").read_text()
        cases = []
        for messages in TALKS:
            text = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False)
            encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
            spans, start = [], 0
            for message in messages:
                place = text.index(message["content"].strip(), start)
                start = place + len(message["content"].strip())
                if message["role"] == "assistant":
                    assert text[start:].startswith(ENDS[name])
                    spans.append((place, start + len(ENDS[name])))
            mask = [any(a <= b0 and b1 <= b for a, b in spans) for b0, b1 in encoded["offset_mapping"]]
            for a, b in spans:  # no token crosses an end of an answer
                assert all(b1 <= a or b0 >= a for b0, b1 in encoded["offset_mapping"])
            cases.append({"messages": messages, "ids": encoded["input_ids"], "learned": mask})
        (HERE / f"{name}.json").write_text("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")


main()
