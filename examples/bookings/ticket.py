"""A booking as a one-page PDF, written out by hand: five objects and the table of their offsets. No storage or HTTP."""

from collections.abc import Iterable, Mapping
from typing import Any

_ESCAPES = bytes.maketrans(b"\r\n\t", b"   ")


def draw_ticket(booking: Mapping[str, Any]) -> bytes:
    """Answer the ticket of a booking as a PDF 1.4 file (ISO 32000-1, section 7.5)."""
    content = _page_content(_lines(booking))
    return _file(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )


def _lines(booking: Mapping[str, Any]) -> Iterable[str]:
    customer = booking["customer"]
    yield f"Booking {booking['reference']} ({booking['status']})"
    yield f"{customer['first_name']} {customer['last_name']}".strip() + f", party of {booking['pax_count']}"
    for leg in booking["legs"]:
        yield f"{leg['departure']}  {leg['origin']} - {leg['destination']}  {leg['cabin']}"


def _page_content(lines: Iterable[str]) -> bytes:
    """Answer the drawing operators: one font, from the top left corner, 20 points from line to line."""
    shown = b"".join(b"(%b) Tj T*\n" % _string(line) for line in lines)
    return b"BT\n/F1 12 Tf\n20 TL\n60 780 Td\n%bET" % shown


def _string(text: str) -> bytes:
    """Encode for a PDF string; letters that the page's font does not have become question marks."""
    encoded = text.encode("cp1252", "replace").translate(_ESCAPES)
    return encoded.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def _file(*objects: bytes) -> bytes:
    """Number the objects from 1, the first being the root, and add the table of their offsets."""
    written = bytearray(b"%PDF-1.4\n")
    table = [b"0000000000 65535 f \n"]
    for number, body in enumerate(objects, start=1):
        table.append(b"%010d 00000 n \n" % len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n%b" % (len(table), b"".join(table))
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(table), start)
    return bytes(written)
