# SPDX-License-Identifier: GPL-3.0-or-later
"""What the people of the fixtures write and read, in other languages than English: a page of Arabic is not judged by English in it."""

DOCUMENT_DE = '''## Drei Wege über den See

Es gibt **drei** Wege, und welcher der beste ist, hängt vom *Wind* ab und davon, wie viel Sie tragen. Die Fähre steht im [Fahrplan](https://example.org/ferry).

| Weg | Zeit | Preis | Braucht |
|:----|-----:|------:|---------|
| Fähre | 25 min | 4,20 € | nichts |
| Ruderboot | 70 min | 0,00 € | zwei Leute und ruhiges Wasser |
| Mit dem Rad außen herum | 95 min | 0,00 € | ein Rad, und Geduld am Berg hinter der Mühle |

1. Sehen Sie zur Fahne am Steg.
2. Hängt sie, dann rudern Sie.
3. Steht sie, dann nehmen Sie die Fähre:
   - werktags jede Stunde
   - sonntags um neun, um eins und um fünf

> Der See hat Geduld. Er hat bessere Schwimmer gesehen als Sie.
> — Schild am Steg

Die Fahrzeit mit dem Boot ist Strecke durch Geschwindigkeit, was wenige Zeilen ausrechnen:

```python
def minutes(distance_km: float, speed_kmh: float) -> float:
    """Minuten für eine Strecke bei gleicher Geschwindigkeit."""
    if speed_kmh <= 0:
        raise ValueError("die Geschwindigkeit muss größer als null sein")
    return distance_km / speed_kmh * 60


print(f"{minutes(3.5, 3.0):.0f} min")  # 70 min
```

An einem ruhigen Tag rät Ihnen `minutes (3.5, 3)` also, etwas zu trinken mitzunehmen.
'''

DOCUMENT_AR = '''## ثلاث طرق لعبور البحيرة

هناك **ثلاث** طرق، وأفضلها يتوقف على *الريح* وعلى مقدار ما تحمله. مواعيد العبّارة في [الجدول](https://example.org/ferry).

| الطريقة | الوقت | السعر | ما يلزم |
|:----|-----:|------:|-------|
| العبّارة | 25 دقيقة | 4.20 € | لا شيء |
| قارب التجديف | 70 دقيقة | 0.00 € | شخصان وماء هادئ |
| الالتفاف بالدراجة | 95 دقيقة | 0.00 € | دراجة، وصبر على التل خلف الطاحونة |

1. انظر إلى العلم على الرصيف.
2. إن كان ساكنًا فجدّف.
3. وإن كان مرفرفًا فخذ العبّارة:
   - في أيام العمل كل ساعة
   - وفي يوم الأحد في التاسعة والواحدة والخامسة

> البحيرة صبورة. لقد رأت سبّاحين أمهر منك.
> — لافتة على الرصيف

زمن الرحلة بالقارب هو المسافة مقسومة على السرعة، وتحسبه أسطر قليلة من Python:

```python
def minutes(distance_km: float, speed_kmh: float) -> float:
    """Minutes for a distance at a steady speed."""
    if speed_kmh <= 0:
        raise ValueError("the speed must be positive")
    return distance_km / speed_kmh * 60


print(f"{minutes(3.5, 3.0):.0f} min")  # 70 min
```

ففي يوم هادئ ينصحك `minutes (3.5, 3)` بأن تأخذ معك ما تشربه.
'''

TIDES_DE = '''Der Mond zieht an der nahen Seite des Meeres stärker als an der fernen, also steht das Wasser auf **beiden** hoch, und darunter dreht sich die Erde.

- *Springtiden* kommen, wenn Sonne und Mond auf einer Linie ziehen.
- *Nipptiden* kommen, wenn sie im rechten Winkel ziehen.'''

TIDES_AR = '''يجذب القمر الجانب القريب من البحر أكثر مما يجذب البعيد، فيعلو الماء على **كليهما**، والأرض تدور تحته.

- *المدّ العالي* يأتي حين تكون الشمس والقمر على خط واحد.
- *المدّ المنخفض* يأتي حين يكونان على زاوية قائمة.'''

HERE_ON_RAIN_DE = '''Ziehen Sie **Schichten** an, und halten Sie Trockenes und Nasses getrennt:

- eine Jacke, die Dampf hinauslässt, und Hosen aus demselben Stoff
- zweimal Wolle: eine zum Gehen, eine, die ihren Beutel *nie* verlässt
- ein dichter Sack für den Schlafsack, und noch einer für Papier

| Ding | Gewicht |
|:------|-------:|
| Jacke | 420 g |
| Wolle, zweimal | 900 g |
| Dichte Säcke | 130 g |

Zusammen sind es etwa 1,5 kg.'''
KITCHEN_ON_RAIN_DE = '''Nass werden Sie. Die Frage ist, ob Ihnen *kalt* wird; planen Sie also für den Abend und nicht für den Tag.

1. **Einmal Trockenes** im Rollbeutel, nur für das Zelt.
2. Eine Jacke, die sich unter den Armen öffnet; sonst werden Sie von innen nass.
3. Landkarten aus Papier in einer Hülle. Ein Telefon hält Tropfen für Finger.

Was ein Tag Regen für einen Rucksack mit 40 Litern heißt:

```python
rain_mm, area_m2, hours = 4, 0.18, 7
print(f"{rain_mm * area_m2 * hours:.1f} litres hit the bag")
```

Lassen Sie den Schirm zu Hause: Im Wind auf dem Grat ist er ein Segel.'''

HERE_ON_RAIN_AR = '''البس **طبقات**، وافصل الجاف عن المبلل:

- سترة تسمح بخروج البخار، وسروال من القماش نفسه
- طقمان من الصوف: واحد للمشي، وآخر *لا يغادر* كيسه أبدًا
- كيس محكم لكيس النوم، وآخر للأوراق

| الغرض | الوزن |
|:------|-------:|
| السترة | 420 غ |
| الصوف، طقمان | 900 غ |
| الأكياس المحكمة | 130 غ |

المجموع نحو 1.5 كغ.'''
KITCHEN_ON_RAIN_AR = '''ستبتلّ لا محالة. والسؤال هو هل *تبرد*، فخطّط للمساء لا للنهار.

1. **طقم جاف واحد** في كيس محكم، للخيمة فقط.
2. سترة تنفتح تحت الذراعين؛ وإلا ابتللت من الداخل.
3. خرائط ورقية في غلاف. فالهاتف يحسب القطرات أصابع.

لترى ما يعنيه يوم من المطر لحقيبة سعتها 40 لترًا:

```python
rain_mm, area_m2, hours = 4, 0.18, 7
print(f"{rain_mm * area_m2 * hours:.1f} litres hit the bag")
```

اترك المظلة في البيت: ففي ريح القمة تصير شراعًا.'''

WORDS = {
    'de': {
        'Crossing the lake': 'Über den See',
        'How do I get across the lake, and how long does each way take? A table please, and the calculation as Python.':
            'Wie komme ich über den See, und wie lange dauert jeder Weg? Bitte eine Tabelle, und die Rechnung in Python.',
        'Budget for the summer party': 'Kosten für das Sommerfest',
        'We have 400 € for 30 people. What is a fair split?': 'Wir haben 400 € für 30 Leute. Wie teilen wir sie gut auf?',
        'About 60 % for food, 25 % for drinks and 15 % for everything else: **240 €**, **100 €** and **60 €**.':
            'Etwa 60 % für das Essen, 25 % für Getränke und 15 % für alles andere: **240 €**, **100 €** und **60 €**.',
        'Why the bread did not rise': 'Warum das Brot nicht aufging',
        'My bread did not rise.': 'Mein Brot ist nicht aufgegangen.',
        'The water may have been too hot for the yeast: above 50 °C it dies.': 'Vielleicht war das Wasser zu heiß für die Hefe: Über 50 °C stirbt sie.',
        'Translate a letter to the landlord': 'Brief an den Vermieter übersetzen',
        'Sort a list of names in C': 'Namen in C sortieren',
        'How do I sort an array of strings in C?': 'Wie sortiere ich in C eine Reihe von Zeichenketten?',
        'A name for the new boat': 'Ein Name für das neue Boot',
        'Suggest a name for a small green boat.': 'Schlag mir einen Namen für ein kleines grünes Boot vor.',
        'How about *Duckweed*?': 'Wie wäre *Entengrütze*?',
        'Packing for a week of rain': 'Packen für eine Woche Regen',
        'What do I pack for a week of walking in the rain?': 'Was packe ich ein, wenn ich eine Woche im Regen wandere?',
        'Stopped, read, failed': 'Angehalten, gelesen, gescheitert',
        'A story, begun': 'Eine angefangene Geschichte',
        'Tell me a story about a lighthouse.': 'Erzähl mir eine Geschichte von einem Leuchtturm.',
        'There was a lighthouse that had never seen a ship. One day a ship came.': 'Es war ein Leuchtturm, der hatte nie ein Schiff gesehen. Eines Tages kam eines.',
        'The lamp went out at nine. Old Maren climbed the stairs without a light, counting,': 'Um neun ging die Lampe aus. Die alte Maren stieg ohne Licht die Treppe hinauf und zählte,',
        'What does the sign in this picture say?': 'Was steht auf dem Schild in diesem Bild?',
        'It says: *The lake is patient.*': 'Dort steht: *Der See hat Geduld.*',
        'And what does it mean?': 'Und was heißt das?',
        'The answer could not be written: there is not enough memory (it needs 1.6\u00a0GB, and 0.9\u00a0GB are free). Close other programs, or choose a smaller model.':
            'Die Antwort konnte nicht geschrieben werden: Der Arbeitsspeicher reicht nicht (sie braucht 1,6\u00a0GB, und 0,9\u00a0GB sind frei). '
            'Schließen Sie andere Programme, oder wählen Sie ein kleineres Modell.',
        'Household': 'Haushalt',
        'Boat': 'Boot',
        'Why there are tides': 'Warum es Gezeiten gibt',
        'Why are there two tides a day?': 'Warum gibt es zweimal am Tag Flut?',
        'And on the moon?': 'Und auf dem Mond?',
        'The moon has no sea, but': 'Der Mond hat kein Meer, aber',
        'Kitchen': 'Küche',
        'A long one: 5000 messages': 'Eine lange mit 5000 Nachrichten',
        'What do these two have in common?': 'Was haben diese beiden gemeinsam?',
        'What bird is this?': 'Welcher Vogel ist das?',
        'lake': 'See',
        'Answer in the words of a ferryman, and never in more than five sentences.': 'Antworte wie ein Fährmann, und nie in mehr als fünf Sätzen.',
        'And how long does the ferry take at night?': 'Und wie lange braucht die Fähre nachts?',
    },
    'ar': {
        'Crossing the lake': 'عبور البحيرة',
        'How do I get across the lake, and how long does each way take? A table please, and the calculation as Python.':
            'كيف أعبر البحيرة، وكم تستغرق كل طريقة؟ أريد جدولًا، والحساب بلغة Python.',
        'Budget for the summer party': 'ميزانية حفل الصيف',
        'We have 400 € for 30 people. What is a fair split?': 'لدينا 400 € لثلاثين شخصًا. ما القسمة العادلة؟',
        'About 60 % for food, 25 % for drinks and 15 % for everything else: **240 €**, **100 €** and **60 €**.':
            'نحو 60 % للطعام و25 % للمشروبات و15 % لما سوى ذلك: **240 €** و**100 €** و**60 €**.',
        'Why the bread did not rise': 'لماذا لم ينتفخ الخبز',
        'My bread did not rise.': 'لم ينتفخ خبزي.',
        'The water may have been too hot for the yeast: above 50 °C it dies.': 'ربما كان الماء أسخن مما تحتمله الخميرة: فوق 50 °C تموت.',
        'Translate a letter to the landlord': 'ترجمة رسالة إلى صاحب البيت',
        'Sort a list of names in C': 'ترتيب أسماء في لغة C',
        'How do I sort an array of strings in C?': 'كيف أرتّب مصفوفة من النصوص في لغة C؟',
        'A name for the new boat': 'اسم للقارب الجديد',
        'Suggest a name for a small green boat.': 'اقترح اسمًا لقارب أخضر صغير.',
        'How about *Duckweed*?': 'ما رأيك في *عدس الماء*؟',
        'Packing for a week of rain': 'حقيبة لأسبوع من المطر',
        'What do I pack for a week of walking in the rain?': 'ماذا آخذ معي لأسبوع من المشي في المطر؟',
        'Stopped, read, failed': 'أُوقفت، قُرئت، فشلت',
        'A story, begun': 'قصة بدأت',
        'Tell me a story about a lighthouse.': 'احكِ لي قصة عن منارة.',
        'There was a lighthouse that had never seen a ship. One day a ship came.': 'كانت هناك منارة لم ترَ سفينة قط. وذات يوم جاءت سفينة.',
        'The lamp went out at nine. Old Maren climbed the stairs without a light, counting,': 'انطفأ المصباح في التاسعة. صعدت مارِن العجوز الدرج بلا ضوء وهي تعدّ،',
        'What does the sign in this picture say?': 'ماذا تقول اللافتة في هذه الصورة؟',
        'It says: *The lake is patient.*': 'تقول: *البحيرة صبورة.*',
        'And what does it mean?': 'وما معنى ذلك؟',
        'The answer could not be written: there is not enough memory (it needs 1.6\u00a0GB, and 0.9\u00a0GB are free). Close other programs, or choose a smaller model.':
            'تعذّرت كتابة الإجابة: لا تكفي الذاكرة (تحتاج إلى 1.6\u00a0GB، والمتاح 0.9\u00a0GB). أغلق برامج أخرى أو اختر نموذجًا أصغر.',
        'Household': 'البيت',
        'Boat': 'القارب',
        'Why there are tides': 'لماذا يحدث المدّ والجزر',
        'Why are there two tides a day?': 'لماذا يحدث المدّ مرتين في اليوم؟',
        'And on the moon?': 'وعلى القمر؟',
        'The moon has no sea, but': 'ليس على القمر بحر، لكن',
        'Kitchen': 'المطبخ',
        'A long one: 5000 messages': 'محادثة طويلة فيها 5000 رسالة',
        'What do these two have in common?': 'ما المشترك بين هذين؟',
        'What bird is this?': 'ما هذا الطائر؟',
        'lake': 'البحيرة',
        'Answer in the words of a ferryman, and never in more than five sentences.': 'أجب بكلمات صاحب عبّارة، ولا تتجاوز خمس جمل.',
        'And how long does the ferry take at night?': 'وكم تستغرق العبّارة ليلًا؟',
    },
}
