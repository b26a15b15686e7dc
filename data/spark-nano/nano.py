# SPDX-License-Identifier: MIT
"""The model itself: its sizes, how its weights begin, and how questions become a batch for it.

All parts of Muse Spark are there. Text: gated residuals, gated attention, windows with RoPE and full layers without, a pooled mixture of experts behind one dense layer.
Eyes: 8 × 8 patches in windows of 4 × 4, full attention in the last layer, 2 × 2 merged to 16 tokens. Ears: the waveform, 1920 samples for a token.
"""
import dataclasses

import numpy
import torch
import transformers

import scenes
import words
from questions import NAMES, PLACES, Item

PATCH, MERGE, SLABS = 14, 2, 2
GRID = scenes.SIDE // PATCH
IMAGE_TOKENS = (GRID // MERGE) ** 2
SAMPLES = 1920
GATE = -0.42   # a fifth of a branch, nearly all of what was there: words and columns pass through at first
IGNORED = -100


def config():
    def special(name):
        return words.token_id(f"<|{name}|>")
    hidden, seeing = 128, 96
    return transformers.MuseSparkConfig(
        text_config=dict(vocab_size=words.VOCABULARY, hidden_size=hidden, intermediate_size=256, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2, head_dim=32,
                         max_position_embeddings=2048, sliding_window=64, rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
                         moe_hidden_size=96, moe_intermediate_size=96, num_local_experts=8, num_experts_per_tok=2, qk_scale_factor=2.0, mlp_layer_types=["dense"] + ["sparse"] * 3,
                         output_multiplier=(256 / hidden) ** 0.5, bos_token_id=special("begin_of_text"), eos_token_id=special("eot"), pad_token_id=special("end_of_text")),
        vision_config=dict(patch_size=PATCH, patch_temporal=SLABS, merge_size=MERGE, pos_emb_height=4, pos_emb_width=4, max_position_embeddings=16, num_attention_heads=3,
                           num_hidden_layers=4, hidden_size=seeing, intermediate_size=256, rope_parameters={"rope_type": "axial", "rope_theta": 100.0}),
        audio_config=dict(patch_sizes=[16, 6, 5, 4], hidden_sizes=[32, 64, 128, 160], depths=[1, 2, 2, 2], num_hidden_layers=4, mlp_ratio=2.0, out_hidden_size=hidden),
        out_hidden_size=seeing * MERGE ** 2, projector_hidden_size=192,
        image_token_id=special("patch"), video_token_id=special("video"), audio_token_id=special("audio"))


def create(seed):
    """With weights as wide as their inputs ask for: at these widths the customary 0.02 is too little to begin with."""
    torch.manual_seed(seed)
    model = transformers.MuseSparkForConditionalGeneration(config())
    with torch.no_grad():
        for name, value in model.named_parameters():
            if name.endswith("embed_tokens.weight") or "position_embedding_table" in name:
                value.normal_(0, 0.2)
            elif name.endswith(("lm_head.weight", "mlp.gate.weight")):
                value.normal_(0, 0.02)
            elif name.endswith("residual_gate.gate"):
                value.fill_(GATE)
            elif value.dim() >= 2:
                value.normal_(0, value[0].numel() ** -0.5 if value.dim() == 2 or "conv" in name else value.shape[-1] ** -0.5)
    model.set_experts_implementation("eager")
    return model


def patches(pixels):
    """[SIDE, SIDE, 3] bytes to what the tower takes, as the image processor of transformers does for a picture that needs no resizing: [patch, slab · channel · y · x]."""
    values = torch.from_numpy(pixels.astype(numpy.float32) / 255 * 2 - 1).permute(2, 0, 1)
    values = values.view(3, GRID, PATCH, GRID, PATCH).permute(1, 3, 0, 2, 4)
    return values.unsqueeze(2).expand(-1, -1, SLABS, -1, -1, -1).reshape(GRID * GRID, -1)


@dataclasses.dataclass
class Turn:
    item: Item
    picture: int = None   # which of the batch's pictures; None: none, or it was shown before
    sound: int = None     # which of the batch's sounds
    order: int = 0        # of ORDERS


ORDERS = ("image sound words", "sound image words", "words image sound", "image words sound")


@dataclasses.dataclass
class Batch:
    pixels: list = dataclasses.field(default_factory=list)  # [patch, …] for each picture
    sounds: list = dataclasses.field(default_factory=list)  # samples of each sound
    talks: list = dataclasses.field(default_factory=list)   # of lists of turns
    things: list = dataclasses.field(default_factory=list)  # what is in each picture, and
    said: list = dataclasses.field(default_factory=list)    # in each sound: for naming

    def tensors(self):
        """Token ids, labels, for every token that a tower gives its row in the towers' columns one after the other (pictures, then sounds)."""
        lengths = [-(-len(sound) // SAMPLES) for sound in self.sounds]
        starts = len(self.pixels) * IMAGE_TOKENS + numpy.concatenate([[0], numpy.cumsum(lengths)]).astype(int)
        rows = [self.row(turns, lengths, starts) for turns in self.talks]
        longest = max(len(row[0]) for row in rows)
        ids = torch.full((len(rows), longest), words.token_id("<|end_of_text|>"))
        labels, columns = torch.full_like(ids, IGNORED), torch.full_like(ids, -1)
        for i, row in enumerate(rows):
            for target, values in zip((ids, labels, columns), row):
                target[i, :len(values)] = torch.tensor(values)
        return ids, labels, columns

    @staticmethod
    def row(turns, lengths, starts):
        ids, labels, columns = [words.token_id("<|begin_of_text|>")], [IGNORED], [-1]

        def add(tokens, places=None, learnt=False):
            ids.extend(tokens)
            labels.extend(tokens if learnt else [IGNORED] * len(tokens))
            columns.extend(places if places else [-1] * len(tokens))

        def add_media(mark, count, first):
            opening, inner, closing = words.encode(mark)
            add([opening, *[inner] * count, closing], [-1, *range(first, first + count), -1])

        for turn in turns:
            add(words.encode("<|start|>user<|message|>"))
            for part in ORDERS[turn.order].split():
                if part == "words":
                    add(words.encode(turn.item.question))
                elif part == "image" and turn.picture is not None:
                    add_media(words.IMAGE, IMAGE_TOKENS, turn.picture * IMAGE_TOKENS)
                elif part == "sound" and turn.sound is not None:
                    add_media(words.SOUND, lengths[turn.sound], int(starts[turn.sound]))
            add(words.encode("<|eot|><|start|>assistant<|message|>"))
            add(words.encode(turn.item.answer + "<|eot|>"), learnt=True)
        return ids, labels, columns


def perceive(model, batch):
    """The towers' columns: [picture, column, hidden], [sound, column, hidden] and which of the latter's columns are sound. Each picture and each sound is seen or heard once,
    however many questions share it."""
    inner, seen, heard, real = model.model, None, None, None
    if batch.pixels:
        grid = torch.tensor([[1, GRID, GRID]] * len(batch.pixels))
        seen = torch.stack(inner.get_image_features(torch.cat(batch.pixels), grid, return_dict=True).pooler_output)
    if batch.sounds:
        longest = -(-max(len(sound) for sound in batch.sounds) // SAMPLES)
        samples, real = torch.zeros(len(batch.sounds), longest * SAMPLES), torch.zeros(len(batch.sounds), longest, dtype=torch.bool)
        for i, sound in enumerate(batch.sounds):
            samples[i, :len(sound)] = torch.from_numpy(sound)
            real[i, :-(-len(sound) // SAMPLES)] = True
        heard = inner.get_audio_features(samples).pooler_output.view(*real.shape, -1)
    return seen, heard, real


def embed(model, ids, columns, seen, heard, real):
    """The embeddings of the tokens, the towers' columns in their places."""
    embeds = model.get_input_embeddings()(ids)
    found = ([] if seen is None else [seen.flatten(0, 1)]) + ([] if heard is None else [heard[real]])
    if found:
        from_tower = columns >= 0
        embeds = embeds.masked_scatter(from_tower[..., None], torch.cat(found)[columns[from_tower]])
    return embeds


def resemblance(model, columns, names):
    """[column, name]: how like the embeddings of the names' tokens the columns are."""
    ids = torch.tensor([words.encode(" " + name)[0] for name in names])
    return columns @ model.get_input_embeddings()(ids).T * columns.shape[-1] ** -0.5


def naming_loss(model, batch, seen, heard, real):
    """The columns of a cell shall look like the words for what is in it, and those of a sound, in the mean, like the word that it says. A language model that cannot
    read them yet gives the towers nothing to learn from, and the towers nothing to it: this is the way out."""
    losses = []
    if batch.things:
        cells = [(i, thing) for i, things in enumerate(batch.things) for thing in things]
        found = torch.stack([seen[i, (scenes.CELLS - 1 if thing.shape == "bar" else thing.row) * scenes.CELLS + thing.column] for i, thing in cells])
        for kind, names in (NAMES | PLACES).items():
            known = [k for k, (_, thing) in enumerate(cells) if str(getattr(thing, kind)) in names]
            wanted = torch.tensor([names.index(str(getattr(cells[k][1], kind))) for k in known])
            if known:
                losses.append(torch.nn.functional.cross_entropy(resemblance(model, found[known], names), wanted))
    if batch.said:
        wanted = torch.tensor([words.SAYABLE.index(said) for said in batch.said])
        names = [words.DIGITS[words.NUMBERS.index(word)] if word in words.NUMBERS else word for word in words.SAYABLE]
        mean = (heard * real[..., None]).sum(1) / real.sum(1, keepdim=True)
        losses.append(torch.nn.functional.cross_entropy(resemblance(model, mean, names), wanted))
    return sum(losses)


def logits(model, hidden):
    text = model.config.text_config
    return torch.tanh(model.lm_head(hidden) * (text.output_multiplier / text.final_logit_softcapping)) * text.final_logit_softcapping


def loss_of(model, batch, naming=0.0):
    """`naming` times the loss of naming, and the mean over the answers' tokens; and for each turn, one talk after the other, whether every token of its answer would have been chosen."""
    ids, labels, columns = batch.tensors()
    perceived = perceive(model, batch)
    hidden = model.model.language_model(inputs_embeds=embed(model, ids, columns, *perceived), use_cache=False).last_hidden_state
    learnt = labels[:, 1:] != IGNORED
    scores, wanted = logits(model, hidden[:, :-1][learnt]), labels[:, 1:][learnt]
    ends = torch.nonzero(wanted == words.token_id("<|eot|>"))[:, 0] + 1
    answers = torch.tensor_split(scores.argmax(-1) == wanted, ends[:-1])
    loss = torch.nn.functional.cross_entropy(scores, wanted)
    if naming:
        loss = loss + naming * naming_loss(model, batch, *perceived)
    return loss, [bool(answer.all()) for answer in answers]
