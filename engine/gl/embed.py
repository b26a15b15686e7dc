#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes shaders as C strings: embed.py OUT FILE… `engine_gl_sources` then has each with its name; what it includes is another one of them."""
import os
import sys


def literal(line):
    return '"' + line.replace('\\', '\\\\').replace('"', '\\"') + '\\n"'


def main():
    out, *files = sys.argv[1:]
    with open(out, 'w', encoding='utf-8') as target:
        target.write('/* Made by embed.py of the shaders. */\n#include "gl/gl-sources.h"\n\nconst EngineGlSource engine_gl_sources[] = {\n')
        for path in files:
            target.write(f'{{ "{os.path.basename(path)}",\n')
            with open(path, encoding='utf-8') as source:
                # A driver need not understand other letters, not even in comments.
                lines = [line.rstrip('\n').split('//')[0].rstrip() for line in source]
            target.writelines(f'  {literal(line)}\n' for line in lines)
            target.write('},\n')
        target.write('{ NULL, NULL },\n};\n')


if __name__ == '__main__':
    main()
