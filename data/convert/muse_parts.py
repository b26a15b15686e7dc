# SPDX-License-Identifier: GPL-3.0-or-later
"""What Muse Spark and Muse Glimmer see and hear with: a file beside the words', "clip". engine/towers/muse_spark_vision.c and muse_spark_audio.c tell what is folded in."""
from decoder import adjacent
from folder import ConvertError
from target import FLOAT, INT32, Target

EYES = {'patch_embedder.position_embedding_table.': 'v.position_embd.', 'ln_pre.': 'v.pre_ln.', 'ln_post.': 'v.post_ln.'}
LAYER_OF_EYES = {'norm1.': 'ln1.', 'norm2.': 'ln2.', 'attn.q_proj.': 'attn_q.', 'attn.k_proj.': 'attn_k.', 'attn.v_proj.': 'attn_v.', 'attn.proj.': 'attn_out.', 'mlp.fc1.': 'ffn_up.',
                 'mlp.fc2.': 'ffn_down.'}
PROJECTION = {'vision_adapter.fc1.weight': 'mm.0.weight', 'vision_adapter.fc2.weight': 'mm.1.weight', 'vision_projection.weight': 'mm.2.weight'}
EARS = {'proj.weight': 'mm.a.fc.weight', 'proj.bias': 'mm.a.fc.bias', 'post_proj_norm.weight': 'mm.a.norm.weight', 'norm.weight': 'a.post_ln.weight'}
STAGE = {'patch_embedder.proj.': 'patch_embd.', 'patch_embedder.norm.': 'patch_norm.'}
BLOCK = {'conv.': 'conv.', 'norm.': 'ln.', 'mlp.fc1.': 'ffn_up.', 'mlp.fc2.': 'ffn_down.'}


def renamed(name, names):
    old = next((old for old in names if name.startswith(old)), None)
    if old is None:
        raise ConvertError(f'The folder has a tensor that is not known: {name}.')
    return names[old] + name[len(old):]


def add_eyes(folder, target, architecture):
    """What preprocessor_config.json would say of colours is what the processor has by itself."""
    vision, words = folder.config['vision_config'], folder.config['text_config']
    patch, heads = vision['patch_size'], vision['num_attention_heads']
    target.bool('clip.has_vision_encoder', True)
    target.text('clip.vision.projector_type' if architecture == 'muse-spark' else 'clip.projector_type', architecture)
    for key, value in (('block_count', vision['num_hidden_layers']), ('embedding_length', vision['hidden_size']), ('feed_forward_length', vision['intermediate_size']),
                       ('attention.head_count', heads), ('projection_dim', words['hidden_size']), ('patch_size', patch), ('image_size', vision['pos_emb_height'] * patch * vision['merge_size']),
                       ('spatial_merge_size', vision['merge_size'])):
        target.uint(f'clip.vision.{key}', value)
    target.array('clip.vision.image_mean', FLOAT, [0.5] * 3)
    target.array('clip.vision.image_std', FLOAT, [0.5] * 3)
    target.float('clip.vision.attention.layer_norm_epsilon', vision['layer_norm_eps'])
    target.float('clip.vision.projector.norm_epsilon', words['rms_norm_eps'])
    target.float('clip.vision.rope.freq_base', vision['rope_parameters']['rope_theta'])
    for name in folder.tensors:
        add_eyes_tensor(folder, target, name, vision)


def add_eyes_tensor(folder, target, name, vision):
    patch, heads, shape = vision['patch_size'], vision['num_attention_heads'], folder.shape(name)
    own = name.partition('vision_tower.')[2]
    if name.removeprefix('model.') in PROJECTION:
        target.tensor(PROJECTION[name.removeprefix('model.')], shape, lambda: [folder.get(name)])
    elif own == 'patch_embedder.patch_embedding.weight':
        kernels = (shape[0], 3, patch, patch)
        target.tensor('v.patch_embd.weight', kernels, lambda: [folder.get(name).reshape(shape[0], vision['patch_temporal'], 3, patch, patch).sum(1)], full=True)
    elif own.startswith('layers.'):
        _, layer, rest = own.split('.', 2)
        turns = 'q_proj' in rest or 'k_proj' in rest
        target.tensor(f'v.blk.{layer}.{renamed(rest, LAYER_OF_EYES)}', shape, lambda: [adjacent(folder.get(name).reshape(shape[0], -1), heads) if turns else folder.get(name)])
    elif own:
        target.tensor(renamed(own, EYES), shape, lambda: [folder.get(name)], full='position' in own)


def ears_name(name):
    if name in EARS:
        return EARS[name]
    _, stage, rest = name.split('.', 2)
    if any(rest.startswith(old) for old in STAGE):
        return f'a.stage.{stage}.{renamed(rest, STAGE)}'
    _, block, rest = rest.split('.', 2)
    return f'a.stage.{stage}.blk.{block}.{renamed(rest, BLOCK)}'


def add_ears(folder, target, architecture):
    audio, words = folder.config['audio_config'], folder.config['text_config']
    target.bool('clip.has_audio_encoder', True)
    target.text('clip.audio.projector_type', architecture)
    target.uint('clip.audio.block_count', len(audio['hidden_sizes']))
    target.uint('clip.audio.projection_dim', audio['out_hidden_size'])
    target.uint('clip.audio.sample_rate', 24000)
    target.uint('clip.audio.conv_kernel_size', audio['conv_kernel_size'])
    target.float('clip.audio.attention.layer_norm_epsilon', audio['rms_norm_eps'])
    target.float('clip.audio.projector.norm_epsilon', words['rms_norm_eps'])
    for key, values in (('patch_size', audio['patch_sizes']), ('embedding_length', audio['hidden_sizes']), ('block_count', audio['depths']),
                        ('feed_forward_length', [int(width * audio['mlp_ratio']) for width in audio['hidden_sizes']])):
        target.array(f'clip.audio.stage.{key}', INT32, list(values))
    for name in folder.tensors:
        own = name.partition('audio_tower.')[2]
        if own:
            kernels = '.conv.weight' in own
            shape = folder.shape(name)
            target.tensor(ears_name(own), (shape[0], *shape[2:]) if kernels else shape, lambda name=name: [folder.get(name)], full=kernels)


def make_parts(folder, architecture, keep):
    target = Target('clip', keep)
    target.text('general.type', 'mmproj')
    add_eyes(folder, target, architecture)
    if 'audio_config' in folder.config and any('audio_tower.' in name for name in folder.tensors):
        add_ears(folder, target, architecture)
    return target
