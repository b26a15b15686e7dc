# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that pictures are taken of: what a model writes on a good day and on a bad one, with long titles, many cards and parts that are missing, in three languages."""

DASHBOARDS = {
    # name: (language, table, specification or None for what the rules make)
    'sales': ('en', 'sales.csv', None),
    'sales-long': ('en', 'sales.csv', {
        'title': 'Revenue, pieces and discounts of all product lines in fourteen European cities, September 2024 to March 2026',
        'summary': 'Where the money comes from, and when. Returns count against the month in which they came back.',
        'kpis': [{'label': 'Revenue of all channels together, after returns', 'value': 'sum(revenue_eur)', 'over': 'month(order_date)'}, {'label': 'Pieces', 'value': 'sum(pieces)', 'over': 'quarter(order_date)'},
                 {'label': 'Average discount', 'value': 'average(discount)'}, {'label': 'Smallest order', 'value': 'min(revenue_eur)'}, {'label': 'Cities', 'value': 'distinct(city)'}],
        'charts': [{'title': 'Revenue by city', 'kind': 'bar', 'value': 'sum(revenue_eur)', 'x': 'city'}, {'title': 'Channels', 'kind': 'pie', 'value': 'sum(revenue_eur)', 'x': 'channel'},
                   {'title': 'Product lines over time', 'kind': 'stacked', 'value': 'sum(revenue_eur)', 'x': 'month(order_date)', 'series': 'product_line', 'wide': True},
                   {'title': 'Cities as areas', 'kind': 'treemap', 'value': 'sum(pieces)', 'x': 'city'}, {'title': 'When people order', 'kind': 'heatmap', 'value': 'count', 'x': 'month(order_date)', 'y': 'weekday(order_date)'},
                   {'title': 'How large orders are', 'kind': 'histogram', 'x': 'revenue_eur'}, {'title': 'Revenue against pieces', 'kind': 'scatter', 'x': 'pieces', 'y': 'revenue_eur', 'series': 'product_line'},
                   {'title': 'Channels and lines side by side', 'kind': 'bar', 'value': 'average(revenue_eur)', 'x': 'channel', 'series': 'product_line'},
                   {'title': 'Revenue, line after line', 'kind': 'line', 'value': 'sum(revenue_eur)', 'x': 'week(order_date)', 'series': 'channel'}],
        'tables': [{'title': 'Each city', 'rows': 'city', 'values': ['count', 'sum(revenue_eur)', 'average(discount)', 'median(pieces)']}, {'title': 'Largest orders', 'columns': ['order_date', 'city', 'product_line', 'channel', 'revenue_eur'], 'sort': 'revenue_eur', 'limit': 8}],
        'filters': ['product_line', 'channel', 'city', 'order_date'], 'texts': ['Seasonal goods are sold in November and December; what is left goes to partners in January.']}),
    'sensor': ('en', 'sensor.csv', None),
    'sensor-lines': ('en', 'sensor.csv', {
        'title': 'The office, minute by minute', 'kpis': [{'label': 'Temperature', 'value': 'average(temperature_c)', 'over': 'hour(time)'}, {'label': 'Highest CO2', 'value': 'max(co2_ppm)'}],
        'charts': [{'title': 'Temperature over time', 'kind': 'line', 'value': 'average(temperature_c)', 'x': 'time'}, {'title': 'Air, by hour of the day', 'kind': 'area', 'value': 'average(co2_ppm)', 'x': 'hour(time)', 'series': 'window_'},
                   {'title': 'Humidity against temperature', 'kind': 'scatter', 'x': 'temperature_c', 'y': 'humidity'}], 'filters': ['window_']}),
    'survey': ('de', 'umfrage_2025.csv', None),
    'survey-themes': ('de', 'umfrage_2025.csv', {
        'title': 'Kundenzufriedenheit 2025: Bearbeitungsgeschwindigkeit, Freundlichkeit und Verständlichkeit im Vergleich der Bundesländer', 'summary': 'Antworten aus allen Geschäftsstellen. Schulnoten von 1 (sehr gut) bis 6.',
        'kpis': [{'label': 'Antworten', 'value': 'count', 'over': 'month(datum)'}, {'label': 'Durchschnittliche Schulnote', 'value': 'average(schulnote)', 'over': 'month(datum)'}, {'label': 'Mittlere Wartezeit', 'value': 'median(wartezeit_min)'}],
        'charts': [{'title': 'Worum es ging', 'kind': 'bar', 'value': 'count', 'x': 'thema'}, {'title': 'Anteile der Themen', 'kind': 'pie', 'value': 'count', 'x': 'thema'},
                   {'title': 'Noten nach Thema und Altersgruppe', 'kind': 'heatmap', 'value': 'average(schulnote)', 'x': 'altersgruppe', 'y': 'thema', 'wide': True}, {'title': 'Themen im Lauf des Jahres', 'kind': 'stacked', 'value': 'count', 'x': 'month(datum)', 'series': 'thema'},
                   {'title': 'Wartezeit je Altersgruppe und Bundesland', 'kind': 'bar', 'value': 'average(wartezeit_min)', 'x': 'bundesland', 'series': 'altersgruppe'}],
        'tables': [{'title': 'Nach Thema', 'rows': 'thema', 'values': ['count', 'average(schulnote)', 'median(wartezeit_min)']}], 'filters': ['thema', 'altersgruppe', 'bundesland', 'datum']}),
    'little': ('en', 'little.csv', None),
    'empty': ('en', 'empty.csv', None),
    'arabic': ('ar', 'مبيعات.csv', None),
    'arabic-more': ('ar', 'مبيعات.csv', {
        'title': 'المبيعات حسب المدينة والفئة', 'summary': 'أرقام أربعة عشر شهراً من سبع مدن.', 'kpis': [{'label': 'إجمالي المبلغ', 'value': 'sum(المبلغ_eur)', 'over': 'month(التاريخ)'}, {'label': 'الكمية', 'value': 'sum(الكمية)'}],
        'charts': [{'title': 'المبلغ حسب الشهر', 'kind': 'line', 'value': 'sum(المبلغ_eur)', 'x': 'month(التاريخ)', 'series': 'الفئة', 'wide': True}, {'title': 'المبلغ حسب المدينة', 'kind': 'bar', 'value': 'sum(المبلغ_eur)', 'x': 'المدينة'},
                   {'title': 'الفئات', 'kind': 'pie', 'value': 'count', 'x': 'الفئة'}, {'title': 'أيام الأسبوع', 'kind': 'heatmap', 'value': 'count', 'x': 'الفئة', 'y': 'weekday(التاريخ)'}, {'title': 'الفئات في كل مدينة', 'kind': 'stacked', 'value': 'count', 'x': 'المدينة', 'series': 'الفئة'}],
        'tables': [{'title': 'المدن', 'rows': 'المدينة', 'values': ['count', 'sum(المبلغ_eur)']}], 'filters': ['المدينة', 'الفئة', 'التاريخ']}),
}

HERO = {'type': 'hero', 'heading': 'Ida turns forty', 'text': 'An evening in the garden, with lanterns, a long table and far too much cake. Bring a jumper; it gets cold by the river.'}
STARTS = {
    # name: (language, specification)
    'invitation': ('en', {'start': 'page', 'title': 'Ida turns forty', 'theme': 'berry', 'sections': [
        HERO, {'type': 'countdown', 'heading': 'Until we meet', 'date': '2031-08-09'},
        {'type': 'table', 'heading': 'The evening', 'columns': ['Time', 'What', 'Where'], 'rows': [['17:00', 'Doors open, something to drink', 'Garden gate'], ['18:30', 'Dinner', 'The long table'], ['21:00', 'Lanterns and music', 'By the river']]},
        {'type': 'steps', 'heading': 'How to get here', 'items': ['Train to Riverside, the last one back is at 00:12.', 'Follow the path along the water for ten minutes.', 'The green gate with the lantern is ours.']},
        {'type': 'reply', 'heading': 'Are you in?', 'text': 'So that there are enough chairs.'}]}),
    'invitation-de': ('de', {'start': 'page', 'title': 'Einweihungsfeier der Gemeinschaftsbücherei', 'theme': 'night', 'sections': [
        {'type': 'hero', 'heading': 'Einweihungsfeier der Stadtteil-Gemeinschaftsbücherei Sankt-Bartholomäus-Straße', 'text': 'Nach drei Jahren Umbau öffnen wir am 12. Juni 2031 die Türen. Es gibt Lesungen, eine Führung durch das Magazin und selbst gebackenen Kuchen vom Förderverein der Bücherei.'},
        {'type': 'countdown', 'heading': 'Bis zur Eröffnung', 'date': '2020-01-01'}, {'type': 'quotes', 'items': [{'text': 'Endlich wieder ein Ort, an dem man bleiben darf, ohne etwas zu kaufen.', 'name': 'Frau Wiedemann-Oelschläger, Nachbarin'}]},
        {'type': 'reply', 'heading': 'Kommen Sie?', 'text': 'Damit der Kuchen reicht.'}]}),
    'invitation-ar': ('ar', {'start': 'page', 'title': 'دعوة إلى حفل الافتتاح', 'theme': 'sunset', 'sections': [
        {'type': 'hero', 'heading': 'دعوة إلى حفل افتتاح المكتبة', 'text': 'يسعدنا حضوركم مساء الخميس ٩ أغسطس ٢٠٣١ في المكتبة القديمة بجانب النهر.'}, {'type': 'countdown', 'heading': 'حتى الافتتاح', 'date': '2031-08-09'},
        {'type': 'table', 'heading': 'البرنامج', 'columns': ['الوقت', 'ماذا'], 'rows': [['17:00', 'الاستقبال'], ['18:30', 'العشاء'], ['21:00', 'الموسيقى']]}, {'type': 'list', 'heading': 'معلومات', 'items': ['يوجد موقف للسيارات خلف المبنى.', 'الدخول مجاني.']},
        {'type': 'reply', 'heading': 'هل ستأتي؟', 'text': 'لكي نعرف عدد الكراسي.'}]}),
    'shop': ('en', {'start': 'page', 'title': 'Krume bakery', 'theme': 'sand', 'sections': [
        {'type': 'hero', 'heading': 'Bread that had time', 'text': 'Krume bakes sourdough in a wood oven, from grain that grows within thirty kilometres.'},
        {'type': 'cards', 'heading': 'This week', 'items': [{'title': 'Rye, 1 kg', 'text': 'Dark and moist, keeps for a week. € 5.80'}, {'title': 'Spelt with walnuts and dried figs from the mill', 'text': 'Mild, a little sweet. € 6.40'}, {'title': 'Baguette', 'text': 'Crisp, from six in the morning. € 2.20'}, {'title': 'Focaccia', 'text': 'With rosemary. € 4.50'}, {'title': 'Bun', 'text': '€ 0.90'}]},
        {'type': 'text', 'heading': 'About us', 'text': 'We are four people and an oven from 1931. The dough rests for two days, and so it needs no yeast and very little else. Come before ten if you want the walnut bread; on Saturdays there is a queue, and it is worth it.'},
        {'type': 'table', 'heading': 'Opening hours', 'columns': ['Day', 'Hours'], 'rows': [['Monday to Friday', '6:00 to 18:00'], ['Saturday', '7:00 to 13:00'], ['Sunday', 'closed']]},
        {'type': 'quotes', 'items': [{'text': 'The best crust in town.', 'name': 'A neighbour'}, {'text': 'I moved here for the baguette. I am only half joking.', 'name': 'Somebody in the queue'}]}]}),
    'recipe': ('de', {'start': 'page', 'title': 'Omas Apfelstreuselkuchen vom Blech', 'theme': 'forest', 'sections': [
        {'type': 'text', 'heading': 'Omas Apfelstreuselkuchen vom Blech', 'text': 'Für ein Blech, etwa zwanzig Stücke. Er schmeckt am zweiten Tag noch besser, wenn der Saft der Äpfel in den Boden gezogen ist.'},
        {'type': 'list', 'heading': 'Zutaten', 'items': ['500 g Mehl', '250 g kalte Butter', '200 g Zucker und ein Päckchen Vanillezucker', '1,5 kg säuerliche Äpfel, am besten Boskoop', '1 Prise Salz']},
        {'type': 'steps', 'heading': 'Zubereitung', 'items': ['Den Ofen auf 180 °C vorheizen und das Blech mit Backpapier auslegen.', 'Mehl, Zucker, Salz und die Butter in Stücken zu Streuseln verkneten.', 'Die Hälfte auf das Blech drücken, die geschälten und in Scheiben geschnittenen Äpfel darauf verteilen.', 'Den Rest darüberkrümeln und 45 Minuten backen, bis er goldbraun ist.']},
        {'type': 'table', 'heading': 'Nährwerte je Stück', 'columns': ['Was', 'Menge', 'Anteil am Tagesbedarf'], 'rows': [['Energie', '1 230 kJ', '15 %'], ['Fett', '11 g', '16 %']]}]}),
    'page-missing': ('en', {'start': 'page', 'title': 'Notes', 'sections': [{'type': 'quotes', 'items': [{'text': 'Short.', 'name': 'A'}]}, {'type': 'table', 'heading': 'A table with rows of different lengths', 'columns': ['One', 'Two', 'Three', 'Four'], 'rows': [['1', '2'], ['A word', 'Another', 'x', 'https://an.address.that.goes.on/and/on/and/on/index.html']]}]}),
    'memory': ('en', {'start': 'memory', 'title': 'Bird memory', 'theme': 'forest', 'cards': ['Robin', 'Sparrow', 'Owl', 'Eagle', 'Swan', 'Heron', 'Magpie', 'Kingfisher']}),
    'memory-de': ('de', {'start': 'memory', 'title': 'Hauptstadt-Gedächtnisspiel für Fortgeschrittene', 'theme': 'candy', 'cards': ['Reykjavík', 'Sankt Petersburg', 'Port-au-Prince', 'Addis Abeba', 'Rom', 'Donaueschingen', 'Kuala Lumpur', 'Ouagadougou', 'Bern', 'Wien', 'Oslo', 'Tegucigalpa']}),
    'memory-ar': ('ar', {'start': 'memory', 'title': 'لعبة الذاكرة: الطيور', 'theme': 'ocean', 'cards': ['بومة', 'نسر', 'عصفور', 'حمامة', 'ببغاء', 'طاووس', 'نعامة', 'بطريق']}),
    'snake': ('en', {'start': 'snake', 'title': 'Strawberry snake', 'theme': 'forest', 'food': 'strawberries', 'speed': 'normal', 'walls': True}),
    'snake-ar': ('ar', {'start': 'snake', 'title': 'ثعبان التفاح', 'theme': 'night', 'food': 'تفاح', 'speed': 'slow', 'walls': False}),
    'quiz': ('en', {'start': 'quiz', 'title': 'The sea', 'theme': 'ocean', 'questions': [{'question': 'Which is the largest ocean?', 'right': 'Pacific', 'wrong': ['Atlantic', 'Indian', 'Arctic']}, {'question': 'What causes tides?', 'right': 'The moon', 'wrong': ['The wind', 'Whales', 'Rivers']}]}),
    'quiz-de': ('de', {'start': 'quiz', 'title': 'Verwaltungsrecht für Fortgeschrittene', 'theme': 'slate', 'questions': [
        {'question': 'Welche Behörde ist für die Rindfleischetikettierungsüberwachung und die Grundstücksverkehrsgenehmigung in Mecklenburg-Vorpommern zuständig?', 'right': 'Das Landesamt für Landwirtschaft und Lebensmittelsicherheit',
         'wrong': ['Das Bundesamt für Verbraucherschutz', 'Die Kreisordnungsbehörde', 'Rindfleischetikettierungsüberwachungsstelle']}, {'question': 'Wie heißt das?', 'right': 'Ja', 'wrong': ['Nein', 'Vielleicht', '42']}]}),
    'quiz-ar': ('ar', {'start': 'quiz', 'title': 'أسئلة عن البحر', 'theme': 'sand', 'questions': [{'question': 'ما هو أكبر محيط في العالم؟', 'right': 'المحيط الهادئ', 'wrong': ['المحيط الأطلسي', 'المحيط الهندي', 'المحيط المتجمد']}, {'question': 'كم ذراعًا للأخطبوط؟', 'right': 'ثمانية', 'wrong': ['ستة', 'عشرة', '12']}]}),
    'calculator': ('en', {'start': 'calculator', 'title': 'Loan calculator', 'theme': 'slate', 'inputs': [{'name': 'amount', 'label': 'Amount', 'value': 10000, 'unit': '€'}, {'name': 'rate', 'label': 'Interest per year', 'value': 5, 'unit': '%'}, {'name': 'years', 'label': 'Years', 'value': 5}],
                          'results': [{'label': 'Per month', 'formula': 'amount * (rate / 1200) / (1 - (1 + rate / 1200) ^ (-12 * years))', 'unit': '€'}, {'label': 'In total', 'formula': '12 * years * amount * (rate / 1200) / (1 - (1 + rate / 1200) ^ (-12 * years))', 'unit': '€'}]}),
    'calculator-de': ('de', {'start': 'calculator', 'title': 'Energiekosten einer Wärmepumpe im Einfamilienhaus', 'theme': 'sunset', 'inputs': [
        {'name': 'flaeche', 'label': 'Beheizte Wohnfläche des Hauses', 'value': 140, 'unit': 'm²'}, {'name': 'bedarf', 'label': 'Wärmebedarf je Quadratmeter und Jahr', 'value': 85.5, 'unit': 'kWh/m²a'}, {'name': 'jaz', 'label': 'Jahresarbeitszahl', 'value': 3.6},
        {'name': 'preis', 'label': 'Strompreis', 'value': 0.32, 'unit': '€/kWh'}, {'name': 'jahre', 'label': 'Jahre', 'value': 20}],
        'results': [{'label': 'Wärmebedarf im Jahr', 'formula': 'flaeche * bedarf', 'unit': 'kWh'}, {'label': 'Strombedarf', 'formula': 'flaeche * bedarf / jaz', 'unit': 'kWh'}, {'label': 'Kosten im Jahr', 'formula': 'flaeche * bedarf / jaz * preis', 'unit': '€'}, {'label': 'Kosten über die ganze Laufzeit', 'formula': 'flaeche * bedarf / jaz * preis * jahre', 'unit': '€'}]}),
    'calculator-ar': ('ar', {'start': 'calculator', 'title': 'حاسبة الإكرامية', 'theme': 'ocean', 'inputs': [{'name': 'bill', 'label': 'الفاتورة', 'value': 250, 'unit': 'ج.م'}, {'name': 'percent', 'label': 'الإكرامية', 'value': 12.5, 'unit': '%'}], 'results': [{'label': 'المجموع', 'formula': 'bill * (1 + percent / 100)', 'unit': 'ج.م'}]}),
    'timer': ('en', {'start': 'timer', 'title': 'Pomodoro', 'theme': 'sunset', 'mode': 'timer', 'steps': [{'name': 'Work', 'minutes': 25}, {'name': 'Break', 'minutes': 5}]}),
    'timer-de': ('de', {'start': 'timer', 'title': 'Intervalltraining', 'theme': 'berry', 'mode': 'timer', 'steps': [{'name': 'Aufwärmen', 'minutes': 600}, {'name': 'Oberschenkelrückseitendehnung', 'minutes': 0.5}, {'name': 'Sprint', 'minutes': 0.75}, {'name': 'Pause', 'minutes': 1.5}, {'name': 'Kniebeugen', 'minutes': 3}, {'name': 'Abkühlen', 'minutes': 10}]}),
    'timer-ar': ('ar', {'start': 'timer', 'title': 'ساعة إيقاف', 'theme': 'forest', 'mode': 'stopwatch', 'steps': [{'name': 'دورة', 'minutes': 1}]}),
}
# Of these the first example.
EXAMPLES = ('breakout', 'jump', 'catch', 'typing', 'twenty48', 'tictactoe', 'converter', 'flashcards', 'checklist', 'drawing')
