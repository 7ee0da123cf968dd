"""What a run of omniglot_paired.lua has stored: weights, training episodes and query losses."""

import json
import pathlib
import struct

import numpy as np
import torch


def weights(folder):
    """Conv-4's parameters, with the names and in the layout of conv4.py."""
    content = (pathlib.Path(folder) / "maml.safetensors").read_bytes()
    length, = struct.unpack("<Q", content[:8])
    p = {}
    for name, entry in json.loads(content[8:8 + length]).items():
        if name == "__metadata__":
            continue
        first, end = (8 + length + offset for offset in entry["data_offsets"])
        value = torch.from_numpy(np.frombuffer(content[first:end], "<f4").copy())
        value = value.reshape(entry["shape"])
        kind, *rest = name.split(".")
        if kind == "blocks":
            name = f"block{int(rest[0]) + 1}.{rest[1].replace('batchNorm', 'norm')}.{rest[2]}"
        else:
            name = f"linear.{rest[0]}"
        p[name] = value.permute(3, 2, 0, 1).contiguous() if value.dim() == 4 else value
    return p


def events(folder):
    with open(pathlib.Path(folder) / "events.jsonl", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def losses(folder):
    """The mean query loss of each update's tasks."""
    return [m["value"] for e in events(folder) if e["event"] == "metaUpdate"
            for m in e["metrics"] if m["name"] == "loss"]


def episodes(folder, data, shots):
    """Support and query sets in the order of the run; `data` as omniglot.classes gives it."""
    for e in events(folder):
        if e["event"] != "message" or not e["text"].startswith("episode "):
            continue
        support, query = [], []
        for chosen in e["text"].split(" ")[1:]:
            name, numbers = chosen.split(":")
            character, _, rotation = name.partition("@")
            drawings = data[(*character.split("/"), int(rotation or 0))]
            numbers = torch.tensor([int(n) - 1 for n in numbers.split(",")])
            support.append(drawings[numbers[:shots]])
            query.append(drawings[numbers[shots:]])
        labels = torch.arange(len(support))
        yield ((torch.cat(support), labels.repeat_interleave(shots)),
               (torch.cat(query), labels.repeat_interleave(len(query[0]))))
