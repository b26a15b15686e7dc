#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes harbour.webm: nine seconds of a boat that crosses a bay while the sun sets, with the words of ../speech/en.ogg; and sign.webm: eight seconds of a sign, whose words change once, without sound.

Made at development time, never by a test:

    pip install av numpy pillow
    apt install fonts-dejavu-core
    python3 tests/data/video/make.py
"""
import math
import pathlib

import av
import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT, RATE, SECONDS, SCALE = 640, 360, 12, 9, 2


def mix(a, b, share):
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b))


def gradient(size, top, bottom):
    rows = numpy.linspace(0, 1, size[1])[:, None, None]
    return Image.fromarray(numpy.broadcast_to((numpy.array(top) * (1 - rows) + numpy.array(bottom) * rows), (size[1], size[0], 3)).astype(numpy.uint8))


def draw(second):
    share, w, h = second / SECONDS, WIDTH * SCALE, HEIGHT * SCALE
    horizon = round(h * 0.58)
    picture = Image.new('RGB', (w, h))
    picture.paste(gradient((w, horizon), mix((88, 150, 214), (38, 40, 92), share), mix((250, 214, 150), (236, 112, 78), share)))
    sun = (w * 0.7, h * (0.22 + 0.34 * share))
    glow = Image.new('L', (w, h))
    ImageDraw.Draw(glow).ellipse([sun[0] - 90, sun[1] - 90, sun[0] + 90, sun[1] + 90], fill=150)
    picture.paste((255, 236, 190), mask=glow.filter(ImageFilter.GaussianBlur(60)))
    pen = ImageDraw.Draw(picture)
    pen.ellipse([sun[0] - 46, sun[1] - 46, sun[0] + 46, sun[1] + 46], fill=mix((255, 244, 206), (255, 176, 92), share))
    hills = [(0, horizon)] + [(x, horizon - 60 - 34 * math.sin(x / 150) - 20 * math.sin(x / 61)) for x in range(0, w + 1, 8)] + [(w, horizon)]
    pen.polygon(hills, fill=mix((96, 116, 140), (44, 42, 82), share))
    picture.paste(gradient((w, h - horizon), mix((86, 150, 180), (70, 58, 106), share), mix((26, 74, 110), (20, 24, 62), share)), (0, horizon))
    for i in range(26):
        y = horizon + 8 + i * i * 0.44
        sway = 14 * math.sin(second * 1.6 + i)
        pen.line([(sun[0] - 60 + sway - i * 2, y), (sun[0] + 60 + sway + i * 2, y)], fill=mix((250, 220, 160), (236, 140, 90), share), width=2 + i // 8)
    x, y = w * (0.1 + 0.62 * share), h * 0.74 + 6 * math.sin(second * 2)
    pen.polygon([(x - 110, y), (x + 110, y), (x + 76, y + 40), (x - 84, y + 40)], fill=(122, 38, 36))
    pen.rectangle([x - 4, y - 190, x + 4, y], fill=(70, 50, 40))
    pen.polygon([(x + 10, y - 184), (x + 10, y - 16), (x + 108, y - 16)], fill=(246, 240, 226))
    pen.polygon([(x - 10, y - 160), (x - 10, y - 16), (x - 84, y - 16)], fill=(226, 214, 196))
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def draw_sign(words):
    picture = Image.new('RGB', (WIDTH, HEIGHT), (28, 84, 120))
    pen = ImageDraw.Draw(picture)
    font = ImageFont.truetype('DejaVuSans-Bold.ttf', 44)
    pen.rectangle([40, 40, WIDTH - 40, HEIGHT - 40], fill=(248, 246, 240))
    for i, line in enumerate(words):
        pen.text((80, 90 + 80 * i), line, fill=(24, 30, 40), font=font)
    return picture


def make_sign():
    with av.open(str(HERE / 'sign.webm'), 'w') as out:
        video = out.add_stream('libvpx', rate=4, options={'deadline': 'good', 'cpu-used': '1'})
        video.width, video.height, video.pix_fmt, video.bit_rate = WIDTH, HEIGHT, 'yuv420p', 200000
        for i in range(32):
            out.mux(video.encode(av.VideoFrame.from_image(draw_sign(('FERRY TO THE ISLE', '10:45 platform two') if i < 16 else ('HARBOUR CLOSED', '12:00 storm warning')))))
        out.mux(video.encode())


def main():
    make_sign()
    with av.open(str(HERE / 'harbour.webm'), 'w') as out, av.open(str(HERE.parent / 'speech/en.ogg')) as speech:
        video = out.add_stream('libvpx', rate=RATE, options={'deadline': 'good', 'cpu-used': '1'})
        video.width, video.height, video.pix_fmt, video.bit_rate = WIDTH, HEIGHT, 'yuv420p', 350000
        audio = out.add_stream('libopus', rate=48000)
        audio.bit_rate, audio.layout = 32000, 'mono'
        for i in range(RATE * SECONDS):
            out.mux(video.encode(av.VideoFrame.from_image(draw(i / RATE))))
        out.mux(video.encode())
        resampler = av.AudioResampler('flt', 'mono', 48000)
        for frame in speech.decode(audio=0):
            for piece in resampler.resample(frame):
                piece.pts = None
                out.mux(audio.encode(piece))
        out.mux(audio.encode())


if __name__ == '__main__':
    main()
