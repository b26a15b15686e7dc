#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains Spark Nano, from nothing but what these scripts draw and speak.

    pip install torch transformers==5.23.0 tokenizers pillow gguf
    python3 data/spark-nano/train.py FOLDER [--steps N] [--resume]

Needs libespeak-ng and its data. FOLDER gets the newest state, `state.pt`, every few minutes; --resume goes on from it.
"""
import argparse
import collections
import functools
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

PICTURES = 12                            # in a batch
TALKS = ((2, 2), (2, 2), (2, 2), (1, 4))  # by turns: conversations about a picture, and questions in each
RECORDINGS = 1                          # of each word, in a batch
RATE, WARM_UP, DECAY, LEAST = 2e-3, 100, 0.05, 0.02
# What is asked: first what the eyes and the ears learn fastest from, then the questions that need both.
FIRST = {"tag": 0.45, "typed": 0.25, "describe": 0.05, "hear": 0.25}
SHARES = {"joined": 0.60, "typed": 0.14, "tag": 0.06, "describe": 0.06, "hear": 0.08, "no sound": 0.03, "no picture": 0.02, "talk": 0.01}
OF_ONE_EACH = {"tag": questions.tag, "describe": questions.describe}  # they need things that differ
WITHOUT_PICTURE = ("no picture", "talk")
SHARES_OF_ORDERS = (0.55, 0.15, 0.15, 0.15)
NAMING, STEPS_OF_NAMING = 0.3, 3000      # see nano.naming_loss
MINUTES_BETWEEN_STATES = 4
BALANCE = 0.002                          # how much a step moves an expert's score
MOST_TRIES = 100                        # after which a scene is taken to allow no question that may be trained with
EVERY = 50                             # steps, a line is printed


class Maker:
    """Makes batches. The same seed and step give the same batch."""

    def __init__(self, seed, first, only=None):
        self.seed, self.first, self.only = seed, first, only

    def batch(self, step):
        rng = numpy.random.default_rng((self.seed, step))
        batch, self.recorded = nano.Batch(), {}
        self.shares = self.only or (FIRST if step < self.first else SHARES)
        self.easy = step < self.first and not self.only
        talks, turns = TALKS[step % len(TALKS)]
        for _ in range(PICTURES):
            kind, things = questions.draw_scene(rng, self.easy)
            batch.pixels.append(nano.patches(scenes.draw(things, rng)))
            batch.things.append(things)
            batch.talks += [self.talk(batch, kind, things, turns, rng) for _ in range(talks)]
        return batch

    def talk(self, batch, scene, things, turns, rng):
        """About the newest picture. The first question that needs it shows it."""
        result, shown = [], False
        for _ in range(turns):
            form = list(self.shares)[rng.choice(len(self.shares), p=list(self.shares.values()))]
            if shown and form in WITHOUT_PICTURE:
                form = "joined"
            item = self.item(form, scene, things, rng)
            turn = nano.Turn(item, order=int(rng.choice(len(nano.ORDERS), p=SHARES_OF_ORDERS)))
            if not shown and form not in WITHOUT_PICTURE:
                turn.picture, shown = len(batch.pixels) - 1, True
            if item.said and form != "no sound":
                turn.sound = self.sound(batch, item.said, rng)
            result.append(turn)
        return result

    def item(self, form, scene, things, rng):
        if form == "hear" or (form in OF_ONE_EACH and scene == "crowd"):
            return questions.hear(things, rng)
        if form in OF_ONE_EACH:
            return OF_ONE_EACH[form](things, rng)
        if form == "talk":
            said = list(questions.TALK)[rng.integers(len(questions.TALK))]
            return Item("talk", None, None, said, "", questions.TALK[said])
        kinds = [kind for kind in questions.KINDS if kind.scene == scene]
        item, tries = None, 0
        while item is None:
            if tries == MOST_TRIES:
                return questions.hear(things, rng)
            tries += 1
            item = questions.ask(kinds[rng.integers(len(kinds))], things, rng, typed=form == "typed" or (form == "no picture" and rng.random() < 0.5),
                                 fewest=1 if self.easy else 2)
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


class Balance:
    """Keeps the experts equally busy, without a loss of its own: those that are chosen too seldom get a better score for the choice, which weighs nothing in the sum
    (Wang et al. 2024, Auxiliary-Loss-Free Load Balancing Strategy for Mixture-of-Experts)."""

    def __init__(self, model):
        self.routers = [layer.mlp.gate for layer in model.model.language_model.layers if hasattr(layer.mlp, "gate")]
        self.uses = [torch.zeros(router.num_experts) for router in self.routers]
        for router, uses in zip(self.routers, self.uses):
            router.register_forward_hook(functools.partial(self.count, uses))

    @staticmethod
    def count(uses, _router, _input, output):
        uses += torch.bincount(output[2].flatten(), minlength=len(uses))

    def step(self):
        for router, uses in zip(self.routers, self.uses):
            router.e_score_correction_bias += BALANCE * torch.sign(uses.mean() - uses)
            uses.zero_()


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
    parser.add_argument("--first", type=int, default=800, help="steps with easy pictures, before the questions that need everything")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=SHARES, help="train one form of question alone")
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.folder.mkdir(parents=True, exist_ok=True)

    model = nano.create(arguments.seed).train()
    optimise, balance, first = optimiser(model), Balance(model), 0
    if arguments.resume:
        state = torch.load(arguments.folder / "state.pt")
        model.load_state_dict(state["model"])
        optimise.load_state_dict(state["optimiser"])
        first = state["step"]
    print(f"{sum(value.numel() for value in model.parameters()):,} parameters", flush=True)

    maker = Maker(arguments.seed, arguments.first, {arguments.only: 1.0} if arguments.only else None)
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
        balance.step()

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
