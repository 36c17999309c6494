"""Makes steps.json: which updates transformers' Trainer makes, with the learning rate and the epoch that it logs for each.

    python make_steps.py        (torch 2.15.0, transformers 5.24.0, accelerate 1.15.0; on the CPU, seed 3)
"""
import json
import pathlib
import tempfile

import torch
from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainingArguments

config = LlamaConfig(vocab_size=16, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
                     max_position_embeddings=16)
cases = []
for rows, batch, accumulation in [(7, 2, 1), (7, 2, 3), (8, 4, 2), (5, 8, 1), (9, 1, 4), (10, 3, 2), (3, 1, 5)]:
    for epochs, limit, schedule, warmup in [(2, -1, "linear", 0), (1.5, -1, "cosine", 2), (1, 7, "constant_with_warmup", 3),
                                            (3, -1, "linear", 0.3)]:
        cases.append((rows, batch, accumulation, epochs, limit, schedule, warmup))
table = []
for rows, batch, accumulation, epochs, limit, schedule, warmup in cases:
    torch.manual_seed(3)
    model = LlamaForCausalLM(config)
    data = [{"input_ids": torch.randint(0, 16, (4,)), "labels": torch.randint(0, 16, (4,))} for _ in range(rows)]
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder, per_device_train_batch_size=batch, gradient_accumulation_steps=accumulation,
            num_train_epochs=epochs, max_steps=limit, lr_scheduler_type=schedule, warmup_steps=warmup,
            learning_rate=0.01, logging_steps=1, save_strategy="no", report_to=[], use_cpu=True, disable_tqdm=True)
        trainer = Trainer(model=model, args=arguments, train_dataset=data)
        trainer.train()
    log = [line for line in trainer.state.log_history if "loss" in line]
    table.append(dict(rows=rows, batch=batch, accumulation=accumulation, epochs=epochs, limit=limit, schedule=schedule,
                      warmup=warmup, steps=[dict(step=l["step"], rate=l["learning_rate"], epoch=l["epoch"]) for l in log]))
(pathlib.Path(__file__).parent / "steps.json").write_text(
    "[\n" + ",\n".join(json.dumps(case) for case in table) + "\n]\n")
