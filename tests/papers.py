"""Documents made by hand for the tests of the reader: PDF, Word, HTML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: Sequence[Sequence[str]], *, with_text: bool = True) -> bytes:
    """Return a PDF with these lines on its pages; without text the pages hold a stroke."""
    signs = sorted({sign for page in pages for line in page for sign in line})
    codes = {sign: f"{number:04x}" for number, sign in enumerate(signs, start=1)}
    font = "/Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [4 0 R]"
    system = "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    box = "/Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 850 /Descent -150"
    kids = " ".join(f"{7 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        f"<< {font} /ToUnicode 5 0 R >>",
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F {system} /FontDescriptor 6 0 R >>",
        _stream(_to_unicode(codes)),
        f"<< /Type /FontDescriptor /FontName /F {box} /CapHeight 700 /StemV 80 >>",
    ]
    for number, page in enumerate(pages):
        written = [
            f"BT /F1 12 Tf 60 {780 - 20 * n} Td <{''.join(codes[s] for s in line)}> Tj ET"
            for n, line in enumerate(page)
        ]
        held = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {8 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {held} >>")
        objects.append(_stream("\n".join(written) if with_text else "0 0 m 10 10 l S"))
    return _file(objects)


def _to_unicode(codes: dict[str, str]) -> str:
    pairs = [f"<{code}> <{sign.encode('utf-16-be').hex()}>" for sign, code in codes.items()]
    blocks = [pairs[n : n + 100] for n in range(0, len(pairs), 100)]
    listed = "".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar\n" for b in blocks)
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
    space = "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    return f"{head}{space}{listed}endcmap end end"


def _stream(text: str) -> str:
    return f"<< /Length {len(text)} >>\nstream\n{text}\nendstream"


def _file(objects: Sequence[str]) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def docx(body: str | bytes, styles: str = "") -> bytes:
    """Return a Word file whose body is this XML, ``w:`` being the namespace of Word."""
    if isinstance(body, str):
        body = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'.encode()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", body)
        if styles:
            archive.writestr("word/styles.xml", f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>')
    return held.getvalue()


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph of a Word file."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"
