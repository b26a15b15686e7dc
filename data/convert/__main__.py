# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a GGUF file of a model as its makers publish it: a folder of safetensors files with config.json and a tokenizer.

    ./dev engine convert FOLDER TARGET.gguf [--keep published|bf16|f16|f32] [--parts TARGET.mmproj.gguf]

TARGET.gguf is the model, for this engine and for others; melete-engine quantize makes it smaller. --parts, of Muse Spark and Muse Glimmer alone, is what it sees and hears with.
Needs Python and NumPy. One tensor at a time is in memory, of experts one expert, of a vocabulary a part. Matrices are kept as they are published unless --keep says otherwise;
norms, biases, routers and what is added up are floats. The kinds of models that are known are in families.py.
"""
import argparse
import struct
import sys

import muse_parts
import vocabulary
from families import find_family
from folder import ConvertError, Folder
from target import FILE_TYPES, Target

# What files say that do not say what they should: no list where one belongs, a number that does not fit …
DAMAGED = (ArithmeticError, AttributeError, IndexError, MemoryError, RecursionError, TypeError, ValueError, struct.error)


def make_model(folder, keep='published', add_words=vocabulary.add_vocabulary, name=None, **options):
    """`add_words` (target, path, number of tokens, …) writes the vocabulary."""
    family = find_family(folder)
    target = Target(family.ARCHITECTURE, folder.kept() if keep == 'published' else keep)
    target.text('general.name', name or folder.path.resolve().name)
    model = family(folder, target)
    model.add_all()
    add_words(target, folder.path, model.config['vocab_size'] if 'vocab_size' in model.config else model.find('vocab_size'), kind=family.VOCABULARY, **options)
    return target


def make_parts(folder, keep='published'):
    architecture = find_family(folder).ARCHITECTURE
    if architecture not in ('muse-spark', 'muse-glimmer'):
        raise ConvertError(f'What models of the kind “{folder.config["model_type"]}” see and hear with is not converted; leave --parts out.')
    return muse_parts.make_parts(folder, architecture, folder.kept() if keep == 'published' else keep)


def main():
    parser = argparse.ArgumentParser(prog='./dev engine convert', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder')
    parser.add_argument('target')
    parser.add_argument('--parts', metavar='TARGET.mmproj.gguf')
    parser.add_argument('--keep', choices=('published', *FILE_TYPES), default='published')
    parser.add_argument('--pre', metavar='NAME', help='how the tokenizer cuts words, where its expressions are not known here (tokenizer.ggml.pre)')
    arguments = parser.parse_args()
    try:
        folder = Folder(arguments.folder)
        make_model(folder, arguments.keep, pre=arguments.pre).write(arguments.target)
        if arguments.parts:
            make_parts(folder, arguments.keep).write(arguments.parts)
    except KeyError as error:
        sys.exit(f'The model could not be converted: its files do not say {error}.')
    except (ConvertError, OSError) as error:
        sys.exit(f'The model could not be converted: {error}')
    except DAMAGED as error:
        sys.exit(f'The model could not be converted: its files are damaged or of a kind that is not known here ({type(error).__name__}: {error}).')


if __name__ == '__main__':
    main()
