#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains Spark Nano, from nothing but what these scripts draw and speak.

    pip install torch transformers==5.23.0 tokenizers pillow gguf
    python3 data/spark-nano/train.py FOLDER [--steps N] [--resume]

Needs libespeak-ng and its data. FOLDER gets the newest state, `state.pt`, every few minutes; --resume goes on from it.
"""
import argparse
import collections
import math
import os
import pathlib
import time

import numpy
import torch

import nano
import questions
import scenes
import voices
import words
from questions import Item

SCENES_A_STEP, TURNS, TALKS = 12, 2, 2   # pictures in a batch; questions in a conversation; conversations about a picture
RECORDINGS = 1                          # of each word, in a batch
RATE, WARM_UP, DECAY, LEAST = 3e-3, 100, 0.05, 0.02
# What is asked: first what the eyes and the ears learn fastest from, then the questions that need both.
FIRST = {"typed": 0.35, "describe": 0.30, "hear": 0.35}
SHARES = {"joined": 0.60, "typed": 0.14, "describe": 0.10, "hear": 0.10, "no sound": 0.03, "no picture": 0.02, "talk": 0.01}
STEPS_OF_FIRST = 600
NAMING, STEPS_OF_NAMING = 0.3, 3000      # see nano.naming_loss
MINUTES_BETWEEN_STATES = 4
MOST_TRIES = 100                        # after which a scene is taken to allow no question that may be trained with
EVERY = 50                             # steps, a line is printed


class Maker:
    """Makes batches. The same seed and step give the same batch."""

    def __init__(self, seed, shares=None):
        self.seed, self.only = seed, shares

    def batch(self, step):
        rng = numpy.random.default_rng((self.seed, step))
        batch, self.recorded = nano.Batch(), {}
        self.shares = self.only or (FIRST if step < STEPS_OF_FIRST else SHARES)
        for _ in range(SCENES_A_STEP):
            kind, things = questions.draw_scene(rng)
            batch.pixels.append(nano.patches(scenes.draw(things, rng)))
            batch.things.append(things)
            for _ in range(TALKS):
                batch.talks.append([self.turn(batch, kind, things, i, rng) for i in range(TURNS)])
        return batch

    def turn(self, batch, scene, things, i, rng):
        """A turn about the newest picture. It shows it if it is the first."""
        form = list(self.shares)[rng.choice(len(self.shares), p=list(self.shares.values()))]
        if i > 0 and form in ("no picture", "talk"):
            form = "joined"
        item = self.item(form, scene, things, rng)
        order = int(rng.choice(len(nano.ORDERS), p=(0.55, 0.15, 0.15, 0.15)))
        turn = nano.Turn(item, order=order)
        if i == 0 and form not in ("no picture", "talk"):
            turn.picture = len(batch.pixels) - 1
        if item.said and form != "no sound":
            turn.sound = self.sound(batch, item.said, rng)
        return turn

    @staticmethod
    def item(form, scene, things, rng):
        if form == "hear" or (form == "describe" and scene == "crowd"):
            return questions.hear(things, rng)
        if form == "describe":
            return questions.describe(things, rng)
        if form == "talk":
            said = list(questions.TALK)[rng.integers(len(questions.TALK))]
            return Item("talk", None, None, said, "", questions.TALK[said])
        kinds = [kind for kind in questions.KINDS if kind.scene == scene]
        item, tries = None, 0
        while item is None:
            if tries == MOST_TRIES:
                return questions.hear(things, rng)
            tries += 1
            item = questions.ask(kinds[rng.integers(len(kinds))], things, rng, typed=form == "typed" or (form == "no picture" and rng.random() < 0.5))
        if form in ("no sound", "no picture"):
            answer = questions.NO_SOUND if form == "no sound" else questions.NO_PICTURE
            return Item(form, things, item.said, item.question, answer, answer)
        return Item("typed" if form == "typed" else item.kind, *[getattr(item, name) for name in ("things", "said", "question", "value", "answer", "chance", "combination")])

    def sound(self, batch, said, rng):
        """One of this batch's recordings of the word."""
        known = self.recorded.setdefault(said, [])
        if len(known) < RECORDINGS:
            known.append(len(batch.sounds))
            batch.said.append(said)
            batch.sounds.append(voices.recorded(said, voices.HEARD[rng.integers(len(voices.HEARD))], rng))
            return known[-1]
        return known[rng.integers(RECORDINGS)]


def rate(step, steps):
    """Of learning: a straight rise, then half a cosine."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    return LEAST + (1 - LEAST) * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / max(1, steps - WARM_UP)))


def optimiser(model):
    wide = [value for value in model.parameters() if value.dim() >= 2]
    narrow = [value for value in model.parameters() if value.dim() < 2]
    return torch.optim.AdamW([{"params": wide, "weight_decay": DECAY}, {"params": narrow, "weight_decay": 0.0}], lr=RATE, betas=(0.9, 0.98))


def save(folder, **state):
    torch.save(state, folder / "state.new")
    os.replace(folder / "state.new", folder / "state.pt")


def load(folder):
    model = nano.create(0)
    model.load_state_dict(torch.load(folder / "state.pt")["model"])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=SHARES, help="train one form of question alone")
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.folder.mkdir(parents=True, exist_ok=True)

    model = nano.create(arguments.seed).train()
    optimise, first = optimiser(model), 0
    if arguments.resume:
        state = torch.load(arguments.folder / "state.pt")
        model.load_state_dict(state["model"])
        optimise.load_state_dict(state["optimiser"])
        first = state["step"]
    print(f"{sum(value.numel() for value in model.parameters()):,} parameters", flush=True)

    maker = Maker(arguments.seed, {arguments.only: 1.0} if arguments.only else None)
    seen, losses, began, saved = collections.defaultdict(list), [], time.monotonic(), time.monotonic()
    for step in range(first, arguments.steps):
        batch = maker.batch(step)
        for group in optimise.param_groups:
            group["lr"] = RATE * rate(step, arguments.steps)
        loss, right = nano.loss_of(model, batch, naming=NAMING if step < STEPS_OF_NAMING else 0.0)
        optimise.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimise.step()

        losses.append(loss.item())
        for turn, answer in zip((turn for turns in batch.talks for turn in turns), right):
            seen[turn.item.kind].append(answer)
        if (step + 1) % EVERY == 0:
            print(f"step {step + 1} loss {numpy.mean(losses):.4f} {(time.monotonic() - began) / (step + 1 - first):.3f} s/step | " +
                  " ".join(f"{kind.replace(' ', '-')} {100 * numpy.mean(hits):.0f}" for kind, hits in sorted(seen.items())), flush=True)
            seen.clear()
            losses.clear()
        if step + 1 == arguments.steps or time.monotonic() - saved > 60 * MINUTES_BETWEEN_STATES:
            save(arguments.folder, model=model.state_dict(), optimiser=optimise.state_dict(), step=step + 1)
            saved = time.monotonic()


if __name__ == "__main__":
    main()
