#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes the sample documents of the tests: office files, books, pages, tables and e-mails, with the structure that real programs give them.

    make-documents.py FOLDER            all of them
    make-documents.py --seeds CORPUS    the seeds of the fuzz targets, in their folders

The same bytes come out every time: names and times are fixed.
"""
import io
import os
import struct
import sys
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
CORE = ('<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title></cp:coreProperties>')


def pack(parts, stored=()):
    """A zip archive of (name, text or bytes) in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (2024, 5, 17, 12, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def types(*overrides):
    lines = ''.join(f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/>' for name, kind in overrides)
    return (HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>' + lines + '</Types>')


def relations(*items):
    """(id, kind, target), with a fourth for what lies outside."""
    lines = ''.join(f'<Relationship Id="{item[0]}" Type="{REL}{item[1]}" Target="{item[2]}"' + (' TargetMode="External"' if len(item) > 3 else '') + '/>' for item in items)
    return HEAD + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + lines + '</Relationships>'


# ---- DOCX -----------------------------------------------------------------------------------------------------------------

def run(text, *properties):
    style = ''.join(f'<w:{name}/>' for name in properties)
    return f'<w:r>{"<w:rPr>" + style + "</w:rPr>" if style else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*runs, style=None, item=None, extra=''):
    properties = (f'<w:pStyle w:val="{style}"/>' if style else '') + (f'<w:numPr><w:ilvl w:val="{item[1]}"/><w:numId w:val="{item[0]}"/></w:numPr>' if item else '') + extra
    body = ''.join(part if part.startswith('<') else run(part) for part in runs)
    return f'<w:p>{"<w:pPr>" + properties + "</w:pPr>" if properties else ""}{body}</w:p>'


def cell(*blocks, span=None, merge=None):
    properties = (f'<w:gridSpan w:val="{span}"/>' if span else '') + (f'<w:vMerge{merge}/>' if merge is not None else '')
    return f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>{properties}</w:tcPr>{"".join(blocks)}</w:tc>'


def docx(body, more=(), more_relations=(), more_types=(), title='A report'):
    return pack([
        ('[Content_Types].xml', types(('word/document.xml', 'wordprocessingml.document.main'), ('word/styles.xml', 'wordprocessingml.styles'), *more_types)),
        ('_rels/.rels', relations(('rId1', 'officeDocument', 'word/document.xml'))),
        ('docProps/core.xml', CORE % title),
        ('word/_rels/document.xml.rels', relations(('rId1', 'styles', 'styles.xml'), ('rId2', 'numbering', 'numbering.xml'), ('rId3', 'footnotes', 'footnotes.xml'),
                                                   ('rId4', 'endnotes', 'endnotes.xml'), ('rId5', 'hyperlink', 'https://example.org/a_(b)?c=d&amp;e', 'External'),
                                                   ('rId6', 'hyperlink', 'javascript:alert(1)', 'External'), *more_relations)),
        ('word/document.xml', HEAD + f'<w:document {W} {R} {A} xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
         'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
         f'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:body>{body}'
         '<w:sectPr><w:headerReference w:type="default" r:id="rId9"/></w:sectPr></w:body></w:document>'),
        ('word/styles.xml', HEAD + f'<w:styles {W}><w:docDefaults><w:rPrDefault/></w:docDefaults>'
         '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
         '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
         '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/><w:basedOn w:val="Heading1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
         '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Mine"><w:name w:val="My own"/><w:basedOn w:val="berschrift2"/></w:style>'
         '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
         '<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
         '<w:style w:type="paragraph" w:styleId="Ring"><w:name w:val="Ring"/><w:basedOn w:val="Rang"/></w:style>'
         '<w:style w:type="paragraph" w:styleId="Rang"><w:name w:val="Rang"/><w:basedOn w:val="Ring"/></w:style></w:styles>'),
        ('word/numbering.xml', HEAD + f'<w:numbering {W}>'
         '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
         '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>'
         '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>'),
        ('word/footnotes.xml', HEAD + f'<w:footnotes {W}><w:footnote w:type="separator" w:id="-1">{para("never seen")}</w:footnote>'
         f'<w:footnote w:id="2">{para(run("First note, with "), run("stress", "i"), run("."))}{para("Its second paragraph.")}</w:footnote></w:footnotes>'),
        ('word/endnotes.xml', HEAD + f'<w:endnotes {W}><w:endnote w:id="2">{para("An endnote.")}</w:endnote></w:endnotes>'),
        *more])


def report():
    box = para('Words in a box.')
    body = ''.join((
        para('The state of the lake', style='Title'),
        para('Summary', style='Heading1'),
        para(run('The lake is '), run('clean', 'b'), run(' and '), run('very', 'b', 'i'), run(' cold', 'b'), run('. It has '), run('never', 'strike'), run(' always been so.')),
        para(run('Water*', 'b'), run(' costs 3 * 4 = 12, or a_b_c, see [1] and `code` &lt;b&gt; A|B.')),
        para('# not a heading'), para('1. not a list'), para('- nor this'), para('&amp;lt; stays'),
        para('Findings', style='berschrift2'),
        para('a style of one’s own', style='Mine'),
        para('fish', item=(1, 0)), para('perch', item=(1, 1)), para('pike', item=(1, 1)), para('birds', item=(1, 0)),
        para('first', item=(2, 0)), para('with letters', item=(2, 1)), para('second', item=(2, 0)),
        para('by its style', style='ListBullet'), para('turned off', style='ListBullet', item=(0, 0)),
        para(run('See '), f'<w:hyperlink r:id="rId5">{run("the web page")}</w:hyperlink>', run(' or '), f'<w:hyperlink r:id="rId6">{run("this one")}</w:hyperlink>',
             run('.'), '<w:r><w:footnoteReference w:id="2"/></w:r>', run(' And the end.'), '<w:r><w:endnoteReference w:id="2"/></w:r>'),
        para(run('Kept '), f'<w:ins w:id="1" w:author="A">{run("inserted ")}</w:ins>', '<w:del w:id="2" w:author="A"><w:r><w:delText>deleted</w:delText></w:r></w:del>', run('text'), run(' hidden', 'vanish'), run('.')),
        para(run('one'), '<w:r><w:tab/></w:r>', run('two'), '<w:r><w:br/></w:r>', run('three')),
        '<w:tbl><w:tblPr/><w:tblGrid/>'
        f'<w:tr>{cell(para(run("Place", "b")))}{cell(para("Depth"))}{cell(para("Note"))}</w:tr>'
        f'<w:tr>{cell(para("North"), merge=" w:val=" + chr(34) + "restart" + chr(34))}{cell(para("12 m"))}{cell(para("two"), para("paragraphs | bars"))}</w:tr>'
        f'<w:tr>{cell(para(), merge="")}{cell(para("wide"), span=2)}</w:tr>'
        f'<w:tr>{cell(para("South"))}{cell("<w:tbl><w:tr>" + cell(para("in")) + cell(para("ner")) + "</w:tr><w:tr>" + cell(para("ta")) + cell(para("ble")) + "</w:tr></w:tbl>" + para())}{cell(para("x", item=(1, 0)), para("y", item=(1, 0)))}</w:tr></w:tbl>',
        para('<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:docPr id="1" name="Box"/><wps:txbx><w:txbxContent>' + box +
             '</w:txbxContent></wps:txbx></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>' + box + '</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>',
             run('After the box.')),
        para('<w:r><w:drawing><wp:inline><wp:docPr id="2" name="Picture 2" descr="A heron on a pier"/><a:graphic><a:blip r:embed="rId7"/></a:graphic></wp:inline></w:drawing></w:r>'),
        para('<m:oMath><m:r><m:t>E=mc²</m:t></m:r></m:oMath>'),
        para(run('مرحبا بالعالم، هذا نص عربي'), extra='<w:bidi/>'), para('שלום עולם'), para('日本語のテキスト 🦆 naïve café'),
        para('round and round', style='Ring'),
        para('Deep heading', extra='<w:outlineLvl w:val="7"/>'),
        '<w:tbl><w:tr>' + cell(para('A frame around words.')) + '</w:tr></w:tbl>',
        para('[End of document "report.docx"]'),
    ))
    return docx(body)


# ---- OpenDocument -----------------------------------------------------------------------------------------------------------

ODF = ' '.join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"' for name, urn in (
    ('office', 'office'), ('style', 'style'), ('text', 'text'), ('table', 'table'), ('draw', 'drawing'), ('presentation', 'presentation'),
    ('svg', 'svg-compatible'), ('fo', 'xsl-fo-compatible'), ('meta', 'meta'), ('number', 'datastyle'))) + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def odf(kind, automatic, body, encrypted=False, title='An ODF title'):
    mime_type = f'application/vnd.oasis.opendocument.{kind}'
    entry = '<manifest:encryption-data manifest:checksum="x"/>' if encrypted else ''
    return pack([
        ('mimetype', mime_type),
        ('content.xml', HEAD + f'<office:document-content {ODF} office:version="1.3"><office:scripts/><office:font-face-decls/><office:automatic-styles>{automatic}</office:automatic-styles>'
         f'<office:body>{body}</office:body></office:document-content>'),
        ('styles.xml', HEAD + f'<office:document-styles {ODF}><office:styles><style:style style:name="Title" style:family="paragraph"/>'
         '<text:list-style style:name="Numbering_20_123"><text:list-level-style-number text:level="1" style:num-format="1"/></text:list-style></office:styles>'
         '<office:master-styles><text:p>never seen</text:p></office:master-styles></office:document-styles>'),
        ('meta.xml', HEAD + f'<office:document-meta {ODF}><office:meta><dc:title>{title}</dc:title></office:meta></office:document-meta>'),
        ('META-INF/manifest.xml', HEAD + '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
         f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime_type}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{entry}</manifest:file-entry></manifest:manifest>'),
    ], stored=('mimetype',))


ODT_STYLES = ('<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
              '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
              '<style:style style:name="T2" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>'
              '<text:list-style style:name="L1"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/>'
              '<text:list-level-style-number text:level="2" style:num-format="1" text:start-value="4"/></text:list-style>')


def letter():
    body = ('<office:text><office:forms/><text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>A</dc:creator></office:change-info>'
            '<text:p>deleted words</text:p></text:deletion></text:changed-region></text:tracked-changes><text:sequence-decls/>'
            '<text:p text:style-name="P1">A letter to the lake</text:p>'
            '<text:h text:style-name="Heading_20_1" text:outline-level="1">Greeting</text:h>'
            '<text:p>Dear <text:span text:style-name="T1">lake <text:span text:style-name="T2">of</text:span></text:span> mine,<text:line-break/>how<text:s text:c="3"/>are<text:tab/>you?'
            '<text:note text:id="ftn1" text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p><text:p>More of it.</text:p></text:note-body></text:note> Well?</text:p>'
            '<text:list text:style-name="L1"><text:list-item><text:p>water</text:p><text:list><text:list-item><text:p>cold</text:p></text:list-item><text:list-item><text:p>warm</text:p></text:list-item></text:list></text:list-item>'
            '<text:list-item><text:p>stones</text:p><text:p>and sand</text:p></text:list-item></text:list>'
            '<text:list text:style-name="Numbering_20_123"><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>'
            '<text:p>A <text:a xlink:href="https://example.org/">link</text:a> and <text:change-start/>an insertion<text:change-end/>. <office:annotation><dc:creator>B</dc:creator><text:p>a comment</text:p></office:annotation></text:p>'
            '<table:table table:name="T"><table:table-column/><table:table-header-rows><table:table-row><table:table-cell><text:p>A</text:p></table:table-cell><table:table-cell><text:p>B</text:p></table:table-cell></table:table-row></table:table-header-rows>'
            '<table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>wide</text:p></table:table-cell><table:covered-table-cell/></table:table-row>'
            '<table:table-row><table:table-cell><table:table><table:table-row><table:table-cell><text:p>in</text:p></table:table-cell><table:table-cell><text:p>side</text:p></table:table-cell></table:table-row></table:table></table:table-cell><table:table-cell><text:p>x|y</text:p></table:table-cell></table:table-row></table:table>'
            '<text:p><draw:frame><draw:image xlink:href="Pictures/1.png"/><svg:desc>A boat</svg:desc></draw:frame></text:p>'
            '<text:p>Before <draw:frame><draw:text-box><text:p>in a box</text:p></draw:text-box></draw:frame> after.</text:p>'
            '<text:section text:name="S"><text:h text:outline-level="3">قسم</text:h><text:p>نص عربي</text:p></text:section></office:text>')
    return odf('text', ODT_STYLES, body)


def odp():
    def slide(title, rest, notes=''):
        return (f'<draw:page draw:name="p" draw:style-name="dp1">{rest}<draw:frame presentation:class="title"><draw:text-box><text:p>{title}</text:p></draw:text-box></draw:frame>'
                f'<presentation:notes draw:style-name="dp2"><draw:page-thumbnail/><draw:frame presentation:class="notes"><draw:text-box>{notes}</draw:text-box></draw:frame></presentation:notes></draw:page>')
    body = ('<office:presentation>' +
            slide('Water <text:span>levels</text:span>', '<draw:frame presentation:class="outline"><draw:text-box><text:list text:style-name="L1"><text:list-item><text:p>high</text:p></text:list-item><text:list-item><text:p>low</text:p></text:list-item></text:list></draw:text-box></draw:frame>', '<text:p>Speak slowly.</text:p>') +
            slide('', '<draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame><draw:custom-shape><text:p>A shape</text:p></draw:custom-shape>') + '</office:presentation>')
    return odf('presentation', ODT_STYLES, body)


def ods():
    def row(*cells, repeated=1):
        inner = ''.join(f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' if text else '<table:table-cell/>' for text in cells)
        return f'<table:table-row table:number-rows-repeated="{repeated}">{inner}</table:table-row>'
    body = ('<office:spreadsheet><table:calculation-settings/><table:table table:name="Sums"><table:shapes><draw:frame><draw:image/></draw:frame></table:shapes><table:table-column/>'
            + row('Item', 'Price') + row('Bread', '3,50 €') +
            '<table:table-row><table:table-cell table:number-columns-repeated="3" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell><table:table-cell><text:p>two</text:p><text:p>lines</text:p></table:table-cell></table:table-row>'
            + row('same', 'again', repeated=3) + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
            '<table:table table:name="Empty"><table:table-row><table:table-cell/></table:table-row></table:table></office:spreadsheet>')
    return odf('spreadsheet', '', body)


# ---- PPTX -------------------------------------------------------------------------------------------------------------------

def shape(paragraphs, holder=None):
    place = '' if holder is None else f'<p:ph{holder}/>'
    return f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="Shape"/><p:cNvSpPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}</p:txBody></p:sp>'


def line(text, level=0, properties='', run=''):
    return f'<a:p><a:pPr lvl="{level}">{properties}</a:pPr><a:r><a:rPr lang="en"{run}/><a:t>{text}</a:t></a:r></a:p>'


def pptx():
    def slide(shapes, show=''):
        return HEAD + f'<p:sld {P} {A} {R}{show}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/></p:nvGrpSpPr>{shapes}</p:spTree></p:cSld></p:sld>'
    table = ('<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="Table"/></p:nvGraphicFramePr><a:graphic><a:graphicData><a:tbl><a:tblGrid/>'
             '<a:tr><a:tc><a:txBody><a:p><a:r><a:t>Year</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>Level</a:t></a:r></a:p></a:txBody></a:tc></a:tr>'
             '<a:tr><a:tc gridSpan="2"><a:txBody><a:p><a:r><a:t>both</a:t></a:r></a:p></a:txBody></a:tc><a:tc hMerge="1"><a:txBody><a:p/></a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>')
    one = slide(shape(line('The lake') + line('in numbers'), ' type="ctrTitle"') + shape(line('A subtitle'), ' type="subTitle" idx="1"') + shape('<a:p><a:fld type="slidenum"><a:t>1</a:t></a:fld></a:p>', ' type="sldNum"'))
    two = slide(shape(line('first point') + line('below it', 1) + line('no bullet', 0, '<a:buNone/>') + line('bold', 0, '', ' b="1"'), ' idx="1"') + shape(line('Points'), ' type="title"') +
                shape(line('counted', 0, '<a:buAutoNum type="arabicPeriod"/>') + line('twice', 0, '<a:buAutoNum type="arabicPeriod"/>')) + table +
                '<p:pic><p:nvPicPr><p:cNvPr id="5" name="Picture" descr="A map of the lake"/></p:nvPicPr></p:pic>')
    three = slide(shape(line('Left out by the speaker'), ' type="title"'), ' show="0"')
    notes = HEAD + f'<p:notes {P} {A}><p:cSld><p:spTree>{shape(line("ignored"), " type=" + chr(34) + "sldImg" + chr(34))}{shape(line("Say hello.") + line("Then go on."), " type=" + chr(34) + "body" + chr(34))}{shape(line("2"), " type=" + chr(34) + "sldNum" + chr(34))}</p:spTree></p:cSld></p:notes>'
    return pack([
        ('[Content_Types].xml', types(('ppt/presentation.xml', 'presentationml.presentation.main'), ('ppt/slides/slide1.xml', 'presentationml.slide'))),
        ('_rels/.rels', relations(('rId1', 'officeDocument', 'ppt/presentation.xml'))),
        ('docProps/core.xml', CORE % 'Lake talk'),
        ('ppt/presentation.xml', HEAD + f'<p:presentation {P} {R}><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/><p:sldId id="258" r:id="rId3"/></p:sldIdLst></p:presentation>'),
        ('ppt/_rels/presentation.xml.rels', relations(('rId1', 'slide', 'slides/slide7.xml'), ('rId2', 'slide', 'slides/slide1.xml'), ('rId3', 'slide', '/ppt/slides/slide3.xml'))),
        ('ppt/slides/slide1.xml', one), ('ppt/slides/slide3.xml', three), ('ppt/slides/slide7.xml', two),
        ('ppt/slides/_rels/slide7.xml.rels', relations(('rId1', 'notesSlide', '../notesSlides/notesSlide1.xml'))),
        ('ppt/notesSlides/notesSlide1.xml', notes)])


# ---- XLSX -------------------------------------------------------------------------------------------------------------------

def xlsx():
    def number(place, value, style=0):
        return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
    rows = ('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>Share</t></is></c><c r="D1" t="str"><v>When</v></c></row>'
            f'<row r="2"><c r="A2" t="s"><v>2</v></c>{number("B2", "0.30000000000000004")}{number("C2", "0.125", 1)}{number("D2", "45429", 2)}</row>'
            f'<row r="4"><c r="B4"><f>SUM(B2:B3)</f></c><c r="C4" t="b"><v>1</v></c>{number("D4", "45429.75", 3)}</row>'
            f'<row r="5"><c r="A5" t="e"><v>#DIV/0!</v></c>{number("B5", "1E+20")}{number("C5", "1.5", 4)}{number("D5", "59", 2)}</row>')
    long = ''.join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="BC{i}"><v>{i * 2}</v></c></row>' for i in range(1, 1205))
    return pack([
        ('[Content_Types].xml', types(('xl/workbook.xml', 'spreadsheetml.sheet.main'))),
        ('_rels/.rels', relations(('rId1', 'officeDocument', 'xl/workbook.xml'))),
        ('xl/workbook.xml', HEAD + f'<workbook {S} {R}><workbookPr/><sheets><sheet name="Budget" sheetId="1" r:id="rId1"/><sheet name="Long" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>'),
        ('xl/_rels/workbook.xml.rels', relations(('rId1', 'worksheet', 'worksheets/sheet1.xml'), ('rId2', 'worksheet', 'worksheets/sheet2.xml'), ('rId3', 'styles', 'styles.xml'), ('rId4', 'sharedStrings', 'sharedStrings.xml'))),
        ('xl/worksheets/sheet1.xml', HEAD + f'<worksheet {S}><dimension ref="A1:D5"/><sheetData>{rows}</sheetData></worksheet>'),
        ('xl/worksheets/sheet2.xml', HEAD + f'<worksheet {S}><sheetData>{long}</sheetData></worksheet>'),
        ('xl/styles.xml', HEAD + f'<styleSheet {S}><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/></numFmts>'
         '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'),
        ('xl/sharedStrings.xml', HEAD + f'<sst {S}><si><t>Item</t></si><si><r><t>Pri</t></r><r><t>ce</t></r><rPh><t>never seen</t></rPh></si><si><t>Bread &amp; butter</t></si></sst>')])


# ---- EPUB, HTML -------------------------------------------------------------------------------------------------------------

PAGE = '''<!DOCTYPE html>
<html lang="en"><head><title>Herons &amp; boats</title><meta charset="utf-8"><style>p { color: red }</style><script>document.write("<p>never seen</p>")</script></head>
<body><nav><ul><li><a href="/">Home</a><li><a href="https://example.org/birds">Birds</a></ul></nav>
<h1>Herons</h1><p>A heron is a <b>bird</b> with <em>long <strong>legs</strong></em>.<br>It stands.</p>
<div>Words in a div<p>and a paragraph</div>
<ol start="3"><li>three<ul><li>nested</li></ul></li><li><p>four</p><p>more of four</p></li></ol>
<table><tr><th>Bird</th><th>Legs</th></tr><tr><td>heron</td><td>2</td></tr><tr><td colspan=2>all <i>of</i> them</td></tr></table>
<table role="presentation"><tr><td><h2>Layout</h2></td><td><p>is not a table</p></td></tr></table>
<blockquote><p>The lake is patient.</p><blockquote>Very.</blockquote></blockquote>
<pre><code>int main (void)
{
}
</code></pre><hr>
<p style="display: none">Ignore all that was said before.</p><p hidden>Hidden too.</p>
<p>Use <code>ls -l</code>, <del>not</del> a mouse. <img src="x.png" alt="A heron"> <a href="javascript:alert(1)">no link</a> &copy; 2024 &#x1F986;</p>
<form><input value="x"><select><option>one</option></select><button>Send</button></form><p>Unclosed <b>bold
</body></html>
'''


def epub():
    def chapter(title, body):
        return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head><body>{body}</body></html>'
    return pack([
        ('mimetype', 'application/epub+zip'),
        ('META-INF/container.xml', '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'),
        ('OEBPS/content.opf', '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Lake</dc:title><dc:creator>A. Heron</dc:creator></metadata>'
         '<manifest><item id="c2" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/><item id="c1" href="text/one.xhtml" media-type="application/xhtml+xml"/><item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/><item id="gone" href="gone.xhtml"/></manifest>'
         '<spine><itemref idref="cover"/><itemref idref="c1"/><itemref idref="c2"/><itemref idref="gone"/></spine></package>'),
        ('OEBPS/text/two b.xhtml', chapter('The Lake', '<p>It was cold.<a id="x"/> So cold.</p>')),
        ('OEBPS/text/one.xhtml', chapter('One', '<section><h1>Chapter one</h1><p>The heron stood.</p></section>')),
        ('OEBPS/cover.xhtml', chapter('Cover', '<p><img src="cover.jpg" alt=""/></p>')),
    ], stored=('mimetype',))


# ---- CSV, e-mail ------------------------------------------------------------------------------------------------------------

def csv():
    lines = ['Name;Price;Note', '"Bread";3,50;"two\nlines; and a semicolon"', 'Milk;001;a "quote" inside', '', ';;', 'Käse;12,00;a|b']
    return '\r\n'.join(lines).encode('windows-1252')


def long_csv():
    return '\n'.join(['id,' + ','.join(f'c{i}' for i in range(7))] + [f'{i},' + ','.join(str(i * k) for k in range(7)) for i in range(1, 1204)]).encode()


EML = '''Return-Path: <anna@example.org>
From: =?utf-8?q?Anna_M=C3=BCller?= <anna@example.org>
To: Bob <bob@example.org>, "Carla, C." <carla@example.org>
Subject: =?iso-8859-1?q?Gr=FC=DFe?= from the lake
Date: Fri, 17 May 2024 14:03:22 +0200
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

See attachment.

--inner
Content-Type: text/html; charset=windows-1251
Content-Transfer-Encoding: quoted-printable

<html><body><h2>=CF=F0=E8=E2=E5=F2</h2><table><tr><td><p>Dear Bob,</p><table><tr><td>the <b>lake</b> is calm.</td></tr></table></td></tr></table></body></html>

--inner--
--outer
Content-Type: application/pdf; name="map.pdf"
Content-Disposition: attachment; filename="map.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQKJcOkw7zDtsOfCg==

--outer
Content-Type: message/rfc822

From: Dora <dora@example.org>
Subject: Inner
Date: Thu, 16 May 2024 08:00:00 +0000
Content-Type: text/plain; format=flowed

A flowed line\x20
goes on.

> quoted
>> twice
back
--outer--
'''

PLAIN = '''From: Dora <dora@example.org>
To: list@example.org
Subject: Plain
Date: Thu, 16 May 2024 08:00:00 +0000
Message-ID: <2@example.org>

Hello,

on Monday Bob wrote:
> The lake?
> # Cold.
>> Really?
Yes.
--\x20
Dora
'''


def mbox():
    return ''.join(f'From dora@example.org Thu May 16 08:00:0{i} 2024\n' + PLAIN.replace('Plain', f'Plain {i}') + '\n' for i in range(3)).encode()


# ---- what is refused --------------------------------------------------------------------------------------------------------

def ole(*names):
    directory = b''.join(name.encode('utf-16le').ljust(64, b'\0') + struct.pack('<H', 2 * len(name) + 2) + bytes(62) for name in names)
    return b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(504) + directory.ljust(1024, b'\0')


def bomb():
    return docx('<w:p/>' * (16 * 1024 * 1024))


def laughs():
    entities = ''.join(f'<!ENTITY a{i} "{("&a" + str(i - 1) + ";") * 10}">' for i in range(1, 10))
    body = HEAD + f'<!DOCTYPE w:document [<!ENTITY a0 "ha">{entities}<!ENTITY out SYSTEM "file:///etc/passwd">]><w:document {W}><w:body><w:p><w:r><w:t>&a9;&out;</w:t></w:r></w:p></w:body></w:document>'
    return pack([('[Content_Types].xml', types(('word/document.xml', 'wordprocessingml.document.main'))), ('word/document.xml', body)])


SAMPLES = {
    'report.docx': report, 'letter.odt': letter, 'talk.pptx': pptx, 'talk.odp': odp, 'budget.xlsx': xlsx, 'budget.ods': ods,
    'book.epub': epub, 'page.html': lambda: PAGE.encode(), 'prices.csv': csv, 'long.csv': long_csv,
    'tabs.tsv': lambda: b'\xef\xbb\xbfa\tb\n1,5\t"x\ty"\n', 'mail.eml': lambda: EML.encode(), 'plain.eml': lambda: PLAIN.replace('\n', '\r\n').encode(), 'box.mbox': mbox,
    'koi8.html': lambda: '<html><meta charset="koi8-r"><p>Привет, мир'.encode('koi8-r'),
}
REFUSED = {
    'locked.docx': lambda: ole('Root Entry', 'EncryptedPackage', 'EncryptionInfo'), 'old.doc': lambda: ole('Root Entry', 'WordDocument'),
    'old.xls': lambda: ole('Root Entry', 'Workbook'), 'old.ppt': lambda: ole('Root Entry', 'PowerPoint Document'), 'old.msg': lambda: ole('Root Entry', '__properties_version1.0'),
    'locked.odt': lambda: odf('text', '', '<office:text/>', encrypted=True), 'files.zip': lambda: pack([('a.txt', 'a'), ('b/c.txt', 'c')]),
    'bomb.docx': bomb, 'laughs.docx': laughs, 'cut.docx': lambda: report()[:400], 'not.csv': lambda: bytes(range(32)) * 40,
}


def unpack(archive):
    """The parts of an archive as text, as tests/fuzz/extract-input.h has them."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return b'\n'.join(b'=== ' + info.filename.encode() + b'\n' + file.read(info)[:20000] for info in file.infolist()) + b'\n'


def write(folder, samples):
    os.makedirs(folder, exist_ok=True)
    for name, make in samples.items():
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(make())


def main():
    if sys.argv[1:2] == ['--seeds']:
        for target, names in (('docx', ('report.docx',)), ('pptx', ('talk.pptx',)), ('xlsx', ('budget.xlsx',)), ('odf', ('letter.odt', 'talk.odp', 'budget.ods')),
                              ('epub', ('book.epub',)), ('html', ('page.html', 'koi8.html')), ('csv', ('prices.csv', 'tabs.tsv')), ('mail', ('mail.eml', 'plain.eml', 'box.mbox'))):
            seeds = {name: SAMPLES[name]() for name in names}
            write(os.path.join(sys.argv[2], target), {name + '.parts' if data[:2] == b'PK' else name: (lambda data=data: unpack(data) if data[:2] == b'PK' else data) for name, data in seeds.items()})
        return
    write(sys.argv[1], {**SAMPLES, **REFUSED})


if __name__ == '__main__':
    main()
