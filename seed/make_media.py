#!/usr/bin/env python3
"""Make every file in seed/media/ again from the catalogue in seed/tenants/.

    python3 seed/make_media.py            # pictures, video and captions
    python3 seed/make_media.py pictures   # only the .webp files
    python3 seed/make_media.py video      # only pilot.mp4 and pilot.en.vtt

Nothing is random: each picture is drawn from its slugs, so two runs with the
same versions of Pillow, ffmpeg and espeak-ng write the same bytes. Each
franchise has a palette and a motif (see LOOKS); its series and episodes vary
them. Needs Pillow with raqm (for right-to-left titles), the DejaVu fonts, and,
for the video, ffmpeg and espeak-ng.
"""

import array
import hashlib
import json
import math
import random
import subprocess
import sys
import tempfile
import unicodedata
import wave
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

SEED = Path(__file__).resolve().parent
MEDIA = SEED / "media"
SCALE = 3  # pictures are drawn this much larger, then reduced
POSTER, THUMB = (300, 450), (320, 180)
QUALITY = 62

# franchise: (motif, sky top, sky bottom, three accents, ink behind the title)
LOOKS = {
    "female-friendly": ("tiles", "#ffe3cf", "#f58f7c", "#5b2a5e", "#ffb347", "#e4576b", "#35163c"),
    "the-meridian-understudies": ("curtain", "#6d0f1f", "#3a0714", "#a51c30", "#f3c969", "#d9485f", "#1d040b"),
    "the-late-beginners": ("steps", "#fbe8c8", "#f0b15d", "#1f6f78", "#d9622b", "#14505c", "#0f2f3a"),
    "salt-signal": ("waves", "#0f2b46", "#3d7f8c", "#12607a", "#e8e3c4", "#0b3c53", "#061826"),
    "minor-deities-of-the-ring-road": ("ringroad", "#f4a259", "#c8553d", "#3b3b46", "#f9e27d", "#57586a", "#1d1c26"),
    "the-museum-of-almost": ("arches", "#2d1e4f", "#5a3d7a", "#c9a227", "#8d6cab", "#f0d78c", "#150d2a"),
    "la-ultima-hornada": ("oven", "#f7d9a8", "#d98e4a", "#8a3f1d", "#f2b544", "#5a2a14", "#2f150a"),
    "maqha-al-mina": ("cups", "#123b4f", "#1f6a73", "#f2e3c6", "#d08c3a", "#5b3420", "#0a2029"),
    "les-heures-creuses": ("rails", "#0d1330", "#2c3a78", "#f6c945", "#7f8fc9", "#e8743b", "#080b1f"),
    "mischief-at-mill-lane": ("leaves", "#e4efc8", "#8fb35f", "#356b3a", "#d9562b", "#5c8f3f", "#15301b"),
    "the-shed-of-reasonable-doubt": ("blocks", "#fff1b8", "#ffd34d", "#1d6fb8", "#e63f3f", "#17907a", "#12294a"),
    "the-muddy-diagonal": ("path", "#efe6d6", "#c9b68f", "#b4532a", "#6f7f4f", "#8d9c74", "#33271b"),
}


# ---------------------------------------------------------------- drawing

def rgb(text):
    return tuple(int(text[i:i + 2], 16) for i in (1, 3, 5))


def mix(a, b, t):
    return tuple(round(x + (y - x) * t) for x, y in zip(a, b))


def dice(*parts):
    """A random generator that depends on the given slugs only."""
    return random.Random(hashlib.sha256("/".join(parts).encode()).digest())


def sky(size, top, bottom):
    column = Image.new("RGB", (1, 64))
    column.putdata([mix(top, bottom, i / 63) for i in range(64)])
    return column.resize(size, Image.BICUBIC)


def disc(d, x, y, r, fill, **more):
    d.ellipse((x - r, y - r, x + r, y + r), fill=fill, **more)


def tiles(d, w, h, c, r):
    """Carpet tiles: quarter circles turned four ways."""
    n = 4 if w < h else 6
    s = w / n
    for row in range(int(h / s) + 1):
        for col in range(n):
            x, y, turn = col * s, row * s, r.randrange(4)
            if r.random() < 0.25:
                disc(d, x + s / 2, y + s / 2, s * 0.3, r.choice(c))
                continue
            cx, cy = x + s * (turn in (1, 2)), y + s * (turn in (2, 3))
            d.pieslice((cx - s, cy - s, cx + s, cy + s), turn * 90, turn * 90 + 90, fill=r.choice(c))


def curtain(d, w, h, c, r):
    """Folds of a stage curtain and one pool of light."""
    folds = r.randint(9, 13)
    for i in range(folds):
        x, s = i * w / folds, w / folds
        d.rectangle((x, 0, x + s * 0.55, h), fill=c[0])
    x, half, floor = w * r.uniform(0.35, 0.65), w * r.uniform(0.16, 0.24), h * 0.62
    d.polygon([(x, -h * 0.1), (x - half, floor), (x + half, floor)], fill=mix(c[1], c[0], 0.45))
    d.ellipse((x - half, floor - half * 0.25, x + half, floor + half * 0.25), fill=c[1])
    for i in range(7):
        disc(d, (i + 0.5) * w / 7, 0, w / 13, c[2])


def steps(d, w, h, c, r):
    """A sun climbing a staircase."""
    n, base, up = r.randint(5, 7), h * r.uniform(0.66, 0.74), h * 0.42
    disc(d, w * r.uniform(0.2, 0.4), h * r.uniform(0.2, 0.32), min(w, h) * 0.17, c[1])
    for i in range(n):
        d.rectangle((i * w / n, base - up * i / (n - 1), w, h), fill=mix(c[0], c[2], i / n))


def waves(d, w, h, c, r):
    """Moon, mast and sea."""
    x, y = w * r.uniform(0.2, 0.8), h * r.uniform(0.16, 0.3)
    disc(d, x, y, min(w, h) * 0.12, c[1])
    mast = w * (0.3 if x > w / 2 else 0.7)
    d.line((mast, h * 0.14, mast, h * 0.6), fill=c[1], width=int(w / 110))
    for i in range(1, 4):
        box = min(w, h) * 0.07 * i
        d.arc((mast - box, h * 0.14 - box, mast + box, h * 0.14 + box), 210, 330, fill=c[1], width=int(w / 140))
    for k in range(5):
        top, swell, shift = h * (0.44 + k * 0.09), h * 0.025, r.uniform(0, 6)
        points = [(px, top + swell * math.sin(px / w * 11 + shift)) for px in range(0, int(w) + 9, 8)]
        d.polygon(points + [(w, h), (0, h)], fill=mix(c[0], c[2], k / 4))


def ringroad(d, w, h, c, r):
    """Concentric lanes with a broken white line."""
    x, y, big = w * r.uniform(0.3, 0.7), h * r.uniform(0.25, 0.45), max(w, h) * 0.62
    for i, share in enumerate((1, 0.8, 0.56, 0.36)):
        disc(d, x, y, big * share, (c[0], c[2], c[0], c[1])[i])
    turn = r.randrange(20)
    for a in range(0, 360, 20):
        for share in (0.9, 0.46):
            rad = big * share
            d.arc((x - rad, y - rad, x + rad, y + rad), a + turn, a + turn + 10, fill=c[1], width=int(w / 75))
    disc(d, x, y, big * 0.18, mix(c[1], c[0], 0.75))


def arches(d, w, h, c, r):
    """A gallery of doorways, one of them lit."""
    n = 3 if w < h else 5
    s, lit = w / n, r.randrange(n)
    for i in range(n):
        top, pad = h * r.uniform(0.14, 0.3), s * 0.16
        box = (i * s + pad, top, (i + 1) * s - pad, top + s - 2 * pad)
        fill = c[2] if i == lit else c[1]
        for grow, colour in ((s * 0.06, c[0]), (0, fill)):
            b = (box[0] - grow, box[1] - grow, box[2] + grow, box[3] + grow)
            d.pieslice(b, 180, 360, fill=colour)
            d.rectangle((b[0], (b[1] + b[3]) / 2, b[2], h), fill=colour)
    for _ in range(14):
        disc(d, r.uniform(0, w), r.uniform(0, h * 0.14), w / 180, c[2])


def oven(d, w, h, c, r):
    """An oven mouth with loaves in front of the fire."""
    x, y, rad = w * r.uniform(0.42, 0.62), h * 0.5, min(w * 0.42, h * 0.42) * r.uniform(0.88, 1)
    for i in range(20):
        a = math.pi * (1 + i / 19)
        disc(d, x + rad * 1.08 * math.cos(a), y + rad * 1.08 * math.sin(a), rad * 0.09, c[0])
    d.pieslice((x - rad, y - rad, x + rad, y + rad), 180, 360, fill=c[2])
    d.pieslice((x - rad * 0.7, y - rad * 0.62, x + rad * 0.7, y + rad * 0.62), 180, 360, fill=c[1])
    d.rectangle((0, y, w, h), fill=mix(c[0], c[2], 0.3))
    n = r.randint(1, 5)
    for i in range(n):
        lx, lw = x + (i - (n - 1) / 2) * rad * 0.62, rad * 0.28
        crust = mix(c[1], c[0], 0.5)
        d.ellipse((lx - lw, y - lw * 0.75, lx + lw, y + lw * 0.55), fill=crust)
        for k in (-1, 0, 1):
            d.line((lx + k * lw * 0.45 - lw * 0.12, y + lw * 0.1, lx + k * lw * 0.45 + lw * 0.12, y - lw * 0.35),
                   fill=c[2], width=int(w / 90))


def cups(d, w, h, c, r):
    """Coffee cups on a café table, seen from above."""
    n = 3 if w < h else 5
    s = w / n
    for row in range(-1, int(h / s) + 1):
        for col in range(n + 1):
            x, y = (col + 0.5 * (row % 2)) * s, (row + 0.55) * s
            if r.random() < 0.22:
                for k in range(8):
                    a = k * math.pi / 4
                    disc(d, x + s * 0.2 * math.cos(a), y + s * 0.2 * math.sin(a), s * 0.07, c[1])
                continue
            a = r.uniform(0, 2 * math.pi)
            disc(d, x + s * 0.36 * math.cos(a), y + s * 0.36 * math.sin(a), s * 0.09, c[0])
            disc(d, x, y, s * 0.34, c[0])
            disc(d, x, y, s * 0.26, c[2])
            d.arc((x - s * 0.18, y - s * 0.18, x + s * 0.18, y + s * 0.18), math.degrees(a), math.degrees(a) + 200,
                  fill=c[1], width=int(s * 0.04))


def rails(d, w, h, c, r):
    """Tracks running to a lit horizon under a station clock."""
    x, y = w * (r.uniform(0.35, 0.65) if w < h else r.uniform(0.3, 0.48)), h * 0.44
    for _ in range(26):
        disc(d, r.uniform(0, w), r.uniform(0, y), w / 260, c[1])
    d.rectangle((0, y, w, h), fill=mix(c[1], (0, 0, 0), 0.72))
    t = 0.03
    while t < 1.2:
        half, ty = w * 0.62 * t, y + (h - y) * t
        d.line((x - half, ty, x + half, ty), fill=mix(c[2], (0, 0, 0), 0.35), width=max(2, int(h * 0.035 * t)))
        t *= 1.32
    for side in (-0.45, 0.45):
        d.polygon([(x, y), (x + w * side - w * 0.03, h), (x + w * side + w * 0.03, h)], fill=c[1])
    rad, cx, cy = min(w, h) * 0.13, w * (0.25 if x > w / 2 else r.uniform(0.68, 0.84)), h * 0.22
    disc(d, cx, cy, rad, c[0])
    hour, minute = r.uniform(0, 2 * math.pi), r.uniform(0, 2 * math.pi)
    for a, part in ((hour, 0.5), (minute, 0.8)):
        d.line((cx, cy, cx + rad * part * math.cos(a), cy + rad * part * math.sin(a)), fill=(10, 12, 32), width=int(rad / 7))


def leaves(d, w, h, c, r):
    """Rows of seedlings; something red among them."""
    disc(d, w * r.uniform(0.2, 0.8), h * 0.16, min(w, h) * 0.1, mix(c[1], (255, 220, 120), 0.6))
    rows, n = 4, 4 if w < h else 7
    odd = (r.randrange(1, rows), r.randrange(n))
    for row in range(rows):
        y = h * (0.32 + row * 0.15)
        d.rectangle((0, y, w, h), fill=mix(c[2], c[0], row / 4))
        for i in range(n):
            x, s = (i + 0.5) * w / n, h * 0.06 * (1 + row * 0.12)
            d.line((x, y, x, y - s), fill=c[0], width=int(w / 120))
            for side in (-1, 1):
                xs = sorted((x, x + side * s * 1.1))
                d.ellipse((xs[0], y - s * 1.5, xs[1], y - s * 0.8), fill=mix(c[2], c[0], 0.5 + side * 0.3))
            if (row, i) == odd:
                disc(d, x, y - s * 0.25, s * 0.6, c[1])


def blocks(d, w, h, c, r):
    """Discs, triangles and beams, balanced for a moment."""
    y = h * 0.56
    d.polygon([(w * 0.5, y), (w * 0.4, h), (w * 0.6, h)], fill=c[2])
    tilt = h * r.uniform(-0.07, 0.07)
    d.line((w * 0.06, y + tilt, w * 0.94, y - tilt), fill=c[0], width=int(h / 40))
    for i in range(4):
        x = w * (0.16 + i * 0.225)
        base, s = y + tilt * (1 - 2 * x / w) - h / 80, w * r.uniform(0.055, 0.1)
        shape, colour = r.randrange(3), c[(i + r.randrange(2)) % 3]
        if shape == 0:
            disc(d, x, base - s, s, colour)
        elif shape == 1:
            d.rectangle((x - s * 0.8, base - s * 1.6, x + s * 0.8, base), fill=colour)
        else:
            d.polygon([(x - s, base), (x + s, base), (x, base - s * 1.8)], fill=colour)


def path(d, w, h, c, r):
    """Fields from above, and the line people really walk."""
    for i in range(5):
        y, slope = h * (i * 0.22 - 0.1), h * r.uniform(-0.12, 0.12)
        d.polygon([(0, y), (w, y + slope), (w, h), (0, h)], fill=mix(c[1], c[2], r.random()) if i % 2 else mix(c[2], (239, 230, 214), 0.55))
    shift, amp = r.uniform(0, 6), w * r.uniform(0.1, 0.2)
    points = [(w * 0.5 + amp * math.sin(y / h * 7 + shift) + w * 0.2 * math.sin(y / h * 3), y) for y in range(-20, int(h) + 20, 4)]
    d.line(points, fill=(250, 244, 230), width=int(w / 22), joint="curve")
    for i in range(4, len(points), 9):
        disc(d, *points[i], w / 85, c[0])
    for _ in range(9):
        x, y, s = r.uniform(0, w), r.uniform(0, h * 0.6), w * r.uniform(0.02, 0.045)
        if min(abs(px - x) + abs(py - y) for px, py in points) > w * 0.09:
            disc(d, x, y, s, mix(c[1], (0, 0, 0), 0.25))


MOTIFS = {f.__name__: f for f in (tiles, curtain, steps, waves, ringroad, arches, oven, cups, rails, leaves, blocks, path)}


def look(franchise):
    """The franchise's look; an unknown one borrows one by its slug."""
    if franchise not in LOOKS:
        franchise = dice(franchise).choice(sorted(LOOKS))
    motif, *colours = LOOKS[franchise]
    top, bottom, a, b, c, ink = map(rgb, colours)
    return MOTIFS[motif], top, bottom, (a, b, c), ink


# ---------------------------------------------------------------- type

def font(name, size):
    path = {"sans": "DejaVuSans-Bold", "serif": "DejaVuSerif-Bold", "plain": "DejaVuSans"}[name]
    return ImageFont.truetype(f"{path}.ttf", int(size))


def printable(text, face):
    """Drop the characters (some emoji) that the font cannot draw."""
    missing = bytes(face.getmask("\U0010fffd"))
    keep = [ch for ch in text if ch.isspace() or unicodedata.combining(ch) or bytes(face.getmask(ch)) != missing]
    return " ".join("".join(keep).split())


def rtl(text):
    return any(unicodedata.bidirectional(ch) in ("R", "AL") for ch in text)


def wrap(text, face, width):
    def fill(limit):
        lines = []
        for word in text.split():
            if lines and face.getlength(lines[-1] + " " + word) <= limit:
                lines[-1] += " " + word
            else:
                lines.append(word)
        return lines

    lines = fill(width)
    for percent in range(95, 45, -5):  # even out the lines, without adding one
        narrow = fill(width * percent / 100)
        if len(narrow) > len(lines) or any(face.getlength(x) > width * percent / 100 for x in narrow):
            break
        lines = narrow
    return lines


def title(d, text, box, name, sizes, fill):
    """Set text as large as fits the box (x, bottom, width, height); returns its top."""
    x, bottom, width, height = box
    for size in sizes:
        face = font(name, size)
        lines = wrap(printable(text, face), face, width)
        step = size * 1.2
        if len(lines) * step <= height and max(face.getlength(line) for line in lines) <= width:
            break
    y = bottom - len(lines) * step
    for i, line in enumerate(lines):
        right = rtl(line)
        d.text((x + width if right else x, y + (i + 0.8) * step), line, font=face, fill=fill,
               anchor="rs" if right else "ls", direction="rtl" if right else "ltr")
    return y


def veil(image, ink, start, full):
    """Darken the picture towards the bottom so that type reads well."""
    w, h = image.size
    column = Image.new("L", (1, h))
    column.putdata([int(245 * min(1, max(0, (y / h - start) / (full - start)))) for y in range(h)])
    image.paste(Image.new("RGB", image.size, ink), mask=column.resize((w, h)))


def save(image, size, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.resize(size, Image.LANCZOS).save(path, "WEBP", quality=QUALITY, method=6)


def canvas(size, franchise, *seed):
    w, h = size[0] * SCALE, size[1] * SCALE
    motif, top, bottom, accents, ink = look(franchise)
    image = sky((w, h), top, bottom)
    motif(ImageDraw.Draw(image), w, h, accents, dice(franchise, *seed))
    return image, w, h, accents, ink


def poster(path, tenant, franchise, series=None):
    image, w, h, accents, ink = canvas(POSTER, franchise["slug"], series["slug"] if series else "")
    veil(image, ink, 0.42, 0.72)
    d = ImageDraw.Draw(image)
    m = 20 * SCALE
    name = "sans" if rtl((series or franchise)["title"]) else "serif"
    sizes = [s * SCALE for s in range(38, 17, -1)]
    y = title(d, (series or franchise)["title"], (m, h - m - 26 * SCALE, w - 2 * m, 150 * SCALE), name, sizes, (255, 250, 240))
    rule = w - m - 34 * SCALE if name == "sans" else m
    d.rectangle((rule, y - 9 * SCALE, rule + 34 * SCALE, y - 6 * SCALE), fill=mix(accents[1], (255, 255, 255), 0.25))
    foot = franchise["title"] if series and series["title"] != franchise["title"] else tenant["name"]
    title(d, foot, (m, h - m, w - 2 * m, 18 * SCALE), "plain", [s * SCALE for s in (13, 12, 11, 10, 9, 8)],
          mix(ink, (255, 255, 255), 0.75))
    save(image, POSTER, path)


def thumbnail(path, franchise, series, episode):
    image, w, h, accents, ink = canvas(THUMB, franchise["slug"], series["slug"], episode["slug"])
    veil(image, ink, 0.3, 0.78)
    d = ImageDraw.Draw(image)
    m = 13 * SCALE
    label, face = f"S{episode['season']} · E{episode['number']}", font("sans", 15 * SCALE)
    wide = face.getlength(label)
    d.rounded_rectangle((m, m, m + wide + 16 * SCALE, m + 24 * SCALE), 12 * SCALE, fill=ink)
    d.text((m + 8 * SCALE, m + 17.5 * SCALE), label, font=face, fill=(255, 250, 240), anchor="ls")
    title(d, episode["title"], (m, h - 10 * SCALE, w - 2 * m, 82 * SCALE), "sans",
          [s * SCALE for s in range(25, 13, -1)], (255, 250, 240))
    save(image, THUMB, path)


def pictures():
    if not features.check("raqm"):
        sys.exit("Pillow was built without raqm, which the right-to-left titles need")
    for file in sorted((SEED / "tenants").glob("*.json")):
        tenant = json.loads(file.read_text(encoding="utf-8"))
        for franchise in tenant["franchises"]:
            home = MEDIA / tenant["slug"] / franchise["slug"]
            poster(home / "poster.webp", tenant, franchise)
            for series in franchise["series"]:
                poster(home / series["slug"] / "poster.webp", tenant, franchise, series)
                for episode in series["episodes"]:
                    name = f"s{episode['season']:02}e{episode['number']:02}.webp"
                    thumbnail(home / series["slug"] / name, franchise, series, episode)


# ---------------------------------------------------------------- video

SIZE, FPS, SECONDS, RATE = (480, 270), 25, 11, 22050
SPOKEN = [  # start in seconds, the line
    (0.8, "Every series starts with somebody saying:"),
    (3.6, "what if we just made it ourselves?"),
    (6.6, "This is the pilot. Make yourself at home."),
]
CHORDS = [(0.0, (220.0, 277.2, 329.6)), (3.6, (185.0, 277.2, 329.6)), (6.6, (146.8, 220.0, 369.9)), (8.9, (220.0, 277.2, 440.0))]


def speak(text, folder):
    out = folder / "line.wav"
    subprocess.run(["espeak-ng", "-v", "en-gb", "-s", "150", "-p", "42", "-w", str(out), text], check=True)
    with wave.open(str(out)) as w:
        assert (w.getframerate(), w.getnchannels(), w.getsampwidth()) == (RATE, 1, 2)
        samples = array.array("h", w.readframes(w.getnframes()))
    while samples and abs(samples[-1]) < 200:  # trailing silence would hold the caption up
        samples.pop()
    return samples


def soundtrack(folder):
    """Soft chords under the spoken lines; returns the file and the caption times."""
    total = [0.0] * (SECONDS * RATE)
    for k, (start, notes) in enumerate(CHORDS):
        end = CHORDS[k + 1][0] if k + 1 < len(CHORDS) else SECONDS
        for i in range(int(start * RATE), min(len(total), int((end + 0.6) * RATE))):
            t = i / RATE - start
            swell = min(1, t / 0.5) * min(1, max(0, (end + 0.6 - start - t) / 0.8))
            total[i] += sum(math.sin(2 * math.pi * n * t) for n in notes) * swell * 900
    cues = []
    for start, text in SPOKEN:
        samples = speak(text, folder)
        for i, v in enumerate(samples):
            total[int(start * RATE) + i] += v * 0.75
        cues.append((start, start + len(samples) / RATE + 0.25, text))
    out = folder / "sound.wav"
    with wave.open(str(out), "wb") as w:
        w.setnchannels(1), w.setsampwidth(2), w.setframerate(RATE)
        fade = RATE
        w.writeframes(array.array("h", [
            int(max(-32000, min(32000, v * min(1, (len(total) - i) / fade)))) for i, v in enumerate(total)]).tobytes())
    return out, cues


def ease(t):
    t = min(1, max(0, t))
    return t * t * (3 - 2 * t)


def frame(t):
    """A sun comes up over the sea and the title with it."""
    w, h = SIZE[0] * 2, SIZE[1] * 2
    dawn = ease((t - 0.5) / 8)
    image = sky((w, h), mix(rgb("#101a3a"), rgb("#f4a98c"), dawn), mix(rgb("#33305e"), rgb("#ffe0b0"), dawn))
    d = ImageDraw.Draw(image)
    x, y = w / 2, h * (0.86 - 0.44 * dawn)
    for i in range(4, 0, -1):
        r = h * (0.15 + 0.055 * i * (1 + 0.06 * math.sin(t * 1.6 + i)))
        disc(d, x, y, r, mix(image.getpixel((4, int(h * 0.5))), rgb("#ffcf70"), 0.5 - i * 0.1))
    disc(d, x, y, h * 0.15, rgb("#ffd77a"))
    for k in range(4):
        top = h * (0.62 + k * 0.1)
        points = [(px, top + h * 0.014 * math.sin(px / w * (9 + k * 2) + t * (0.9 + 0.25 * k) + k * 2)) for px in range(0, w + 12, 12)]
        d.polygon(points + [(w, h), (0, h)], fill=mix(mix(rgb("#1c3f6e"), rgb("#0a1730"), k / 3), rgb("#d0606a"), dawn * (0.45 - k * 0.1)))
    shown = ease((t - 6.2) / 1.2)
    if shown:
        layer = Image.new("L", (w, h), 0)
        pen = ImageDraw.Draw(layer)
        pen.text((w / 2, h * 0.8 - 14 * shown), "PILOT", font=font("serif", 92), fill=int(255 * shown), anchor="ms")
        pen.text((w / 2, h * 0.9 - 14 * shown), "a Seeka sample", font=font("plain", 30), fill=int(220 * shown), anchor="ms")
        image.paste(Image.new("RGB", (w, h), rgb("#fff6e6")), mask=layer)
    black = max(1 - ease(t / 0.8), ease((t - SECONDS + 0.8) / 0.7))
    if black:
        image = Image.blend(image, Image.new("RGB", (w, h)), black)
    return image.resize(SIZE, Image.BILINEAR)


def stamp(seconds):
    ms = round(seconds * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def video():
    MEDIA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sound, cues = soundtrack(Path(folder))
        encoder = subprocess.Popen([
            "ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(FPS), "-i", "-",
            "-i", str(sound), "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
            "-c:v", "libx264", "-threads", "1", "-profile:v", "main", "-level", "3.0", "-pix_fmt", "yuv420p", "-crf", "27", "-preset", "slow", "-g", "50",
            "-c:a", "aac", "-b:a", "64k", "-ar", "44100", "-movflags", "+faststart", "-t", str(SECONDS), str(MEDIA / "pilot.mp4"),
        ], stdin=subprocess.PIPE)
        for i in range(SECONDS * FPS):
            encoder.stdin.write(frame(i / FPS).tobytes())
        encoder.stdin.close()
        if encoder.wait():
            sys.exit("ffmpeg failed")
    captions = [f"{n}\n{stamp(a)} --> {stamp(b)}\n{text}\n" for n, (a, b, text) in enumerate(cues, 1)]
    (MEDIA / "pilot.en.vtt").write_text("WEBVTT\n\n" + "\n".join(captions), encoding="utf-8")


if __name__ == "__main__":
    what = sys.argv[1:] or ["pictures", "video"]
    if not set(what) <= {"pictures", "video"}:
        sys.exit(__doc__)
    if "pictures" in what:
        pictures()
    if "video" in what:
        video()
