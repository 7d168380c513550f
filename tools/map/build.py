#!/usr/bin/env python3
"""Builds data/map/vn-63.json and vn-34.json; see data/map/README.md for sources and format.

    python3 -m venv /tmp/map-venv && /tmp/map-venv/bin/pip install -r tools/map/requirements.txt
    /tmp/map-venv/bin/python tools/map/build.py [--source vietnam.geojson]

Without --source the named npm package is fetched with `npm pack`. The output depends on nothing
but the source file (whose digest is checked), the tables of crates/chiso-units and this folder.
"""

import argparse
import csv
import hashlib
import json
import math
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from collections import defaultdict
from pathlib import Path

import shapely
from shapely.geometry import MultiPolygon, shape
from shapely.ops import polylabel

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "crates/chiso-units/data"
OUT = ROOT / "data/map"

PACKAGE = "@superset-ui/legacy-plugin-chart-country-map@0.20.3"
MEMBER = "package/lib/countries/vietnam.geojson"
SHA256 = "18b5d877a0328e5f8475a609c43daa909b6585d9971ca5c2313ef1207f0011d1"
SOURCE = (
    "Province outlines: Natural Earth (naturalearthdata.com) by way of the npm package "
    f"{PACKAGE}; island positions: public sailing and gazetteer data, see data/map/README.md"
)
CREDIT = {
    "vi": "Đường bao tỉnh: Natural Earth (không giới hạn bản quyền), giản lược; vị trí đảo: dữ liệu công khai.",
    "en": "Province outlines: Natural Earth (public domain), simplified; island positions: public data."
}
LICENCE = "Natural Earth: public domain; npm package: Apache-2.0"

WIDTH, HEIGHT = 620, 1030
TOP, LEFT = 10, 10
# Plane units in a degree of latitude; a degree of longitude is shorter by the cosine of 16° N,
# the middle of the country.
SCALE = 67.5
SQUEEZE = math.cos(math.radians(16))
WEST, NORTH = 102.118655, 23.366275
GRID = 0.1
TOLERANCE = 0.9
SMALLEST_ISLET = 1.2
LARGEST_SLIVER = 30.0

# Islands that the source gives to the wrong province: a point on the island, from, to.
CORRECTIONS = [
    ("Côn Đảo", (106.61, 8.70), "94", "77"),
    ("Cát Bà", (107.00, 20.80), "22", "31"),
]

INSETS = [
    {
        "id": "hoang-sa",
        "name": {"vi": "Quần đảo Hoàng Sa", "en": "Hoang Sa (Paracel Islands)"},
        "owner": "Đà Nẵng",
        "frame": {"x": 462, "y": 396, "width": 148, "height": 128},
    },
    {
        "id": "truong-sa",
        "name": {"vi": "Quần đảo Trường Sa", "en": "Truong Sa (Spratly Islands)"},
        "owner": "Khánh Hòa",
        "frame": {"x": 462, "y": 858, "width": 148, "height": 142},
    },
]
RADIUS = {"1": 2.4, "2": 3.2, "3": 4.2}
INSET_MARGIN = 14


def fail(message):
    sys.exit(f"build.py: {message}")


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fold(name):
    letters = unicodedata.normalize("NFD", name.lower()).replace("đ", "d")
    folded = "".join(letter for letter in letters if letter.isalnum())
    return folded.removeprefix("thanhpho").removeprefix("tp")


def codes_by_name(list_id):
    units = [row for row in rows(TABLES / "units.csv") if row["list"] == list_id]
    return {fold(row["name_vi"]): row["code"] for row in units}


def source_text(path):
    if path:
        data = Path(path).read_bytes()
    else:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True,
                           stdout=subprocess.DEVNULL)
            archive = next(Path(folder).glob("*.tgz"))
            with tarfile.open(archive) as tar:
                data = tar.extractfile(MEMBER).read()
    digest = hashlib.sha256(data).hexdigest()
    if digest != SHA256:
        fail(f"the source has the digest {digest}, expected {SHA256}")
    return json.loads(data)


def project(points):
    points[:, 0] = LEFT + (points[:, 0] - WEST) * SQUEEZE * SCALE
    points[:, 1] = TOP + (NORTH - points[:, 1]) * SCALE
    return points


def provinces(collection):
    names = codes_by_name("provinces-63")
    shapes = {}
    for feature in collection["features"]:
        name = feature["properties"]["NAME_1"]
        code = names.get(fold(name)) or fail(f"no province is called {name!r}")
        if code in shapes:
            fail(f"the province {code} ({name}) stands twice in the source")
        shapes[code] = shape(feature["geometry"])
    if set(shapes) != set(names.values()):
        fail(f"the source lacks {sorted(set(names.values()) - set(shapes))}")
    for correction in CORRECTIONS:
        move_island(shapes, *correction)
    return {code: shapely.transform(shapes[code], project) for code in sorted(shapes)}


def move_island(shapes, name, point, giver, taker):
    parts = polygons(shapes[giver])
    island = [part for part in parts[1:] if part.distance(shapely.Point(point)) < 0.01]
    if len(island) != 1:
        fail(f"{name}: {len(island)} parts of {giver} lie at {point}")
    shapes[giver] = multi([part for part in parts if part is not island[0]])
    shapes[taker] = multi([*polygons(shapes[taker]), island[0]])


def coverage(shapes):
    """The source draws each outline on its own: neighbours overlap or leave slivers. Cut the plane
    along all outlines and give each piece to one province, so that neighbours share their border."""
    # On the grid of the written coordinates, so that the rings are valid as they are written.
    outlines = [polygon.boundary for polygon in shapes.values()]
    lines = shapely.union_all(outlines, grid_size=GRID)
    faces = sorted(shapely.polygonize([lines]).geoms, key=lambda face: face.bounds)
    owned, doubtful = defaultdict(list), []
    for face in faces:
        inside = face.representative_point()
        claims = [code for code, polygon in shapes.items() if polygon.covers(inside)]
        if len(claims) == 1:
            owned[claims[0]].append(face)
        elif face.area < LARGEST_SLIVER:
            doubtful.append((face, claims or list(shapes)))
        elif claims:
            fail(f"{claims} overlap by {face.area:.1f}")
    for face, claims in sorted(doubtful, key=lambda item: (-item[0].area, item[0].bounds)):
        shared = [(-sum(face.intersection(own).length for own in owned[code]
                        if face.intersects(own)), code) for code in claims]
        longest, code = min(shared)
        if longest < 0:
            owned[code].append(face)
    merged = {code: shapely.coverage_union_all(owned[code]) for code in shapes}
    if not shapely.coverage_is_valid(list(merged.values())):
        fail("the cleaned outlines do not form a coverage")
    return merged


def polygons(geometry):
    parts = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    return sorted(parts, key=lambda part: (-part.area, part.bounds))


def multi(parts):
    return MultiPolygon(parts) if len(parts) > 1 else parts[0]


def without_specks(geometry):
    parts = polygons(geometry)
    return multi([parts[0]] + [part for part in parts[1:] if part.area >= SMALLEST_ISLET])


def simplified(shapes):
    simple = shapely.coverage_simplify(list(shapes.values()), TOLERANCE)
    simple = [without_specks(geometry) for geometry in simple]
    if not shapely.coverage_is_valid(simple):
        fail("the simplified outlines do not form a coverage")
    simple = dict(zip(shapes, simple))
    for code, geometry in simple.items():
        change = geometry.area / shapes[code].area - 1
        if abs(change) > 0.05:
            fail(f"simplifying changes the area of {code} by {change:.0%}")
    return simple


def number(tenths):
    text = f"{tenths / 10:.1f}".removesuffix(".0")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def joined(numbers):
    text = ""
    for tenths in numbers:
        word = number(tenths)
        text += word if not text or word.startswith("-") else " " + word
    return text


def ring_path(ring):
    points = [(round(x * 10), round(y * 10)) for x, y in ring.coords[:-1]]
    steps, last = [], points[0]
    for point in points[1:]:
        if point != last:
            steps += [point[0] - last[0], point[1] - last[1]]
            last = point
    return f"M{joined(points[0])}l{joined(steps)}z" if len(steps) >= 4 else ""


def path(geometry):
    rings = []
    for part in polygons(geometry):
        rings += [part.exterior, *part.interiors]
    return "".join(ring_path(ring) for ring in rings)


def label(geometry):
    largest = polygons(geometry)[0]
    point = polylabel(largest, tolerance=0.2)
    if not largest.contains(point):
        fail("a label lies outside its shape")
    return [round(point.x, 1), round(point.y, 1)]


def inset(definition, islands, land):
    frame = definition["frame"]
    box = shapely.box(frame["x"], frame["y"], frame["x"] + frame["width"],
                      frame["y"] + frame["height"])
    if box.buffer(4).intersects(land) or not shapely.box(0, 0, WIDTH, HEIGHT).contains(box):
        fail(f"the frame of {definition['id']} touches land or leaves the map")
    own = [row for row in islands if row["archipelago"] == definition["id"]]
    lat = [float(row["latitude"]) for row in own]
    lon = [float(row["longitude"]) for row in own]
    squeeze = math.cos(math.radians((min(lat) + max(lat)) / 2))
    across, down = (max(lon) - min(lon)) * squeeze, max(lat) - min(lat)
    scale = min((frame["width"] - 2 * INSET_MARGIN) / across,
                (frame["height"] - 2 * INSET_MARGIN) / down)
    left = frame["x"] + (frame["width"] - across * scale) / 2
    top = frame["y"] + (frame["height"] - down * scale) / 2
    dots = [{
        "name": {"vi": row["name_vi"], "en": row["name_en"]},
        "x": round(left + (float(row["longitude"]) - min(lon)) * squeeze * scale, 1),
        "y": round(top + (max(lat) - float(row["latitude"])) * scale, 1),
        "r": RADIUS[row["size"]],
    } for row in own]
    owner = fold(definition["owner"])
    return {
        "id": definition["id"],
        "name": definition["name"],
        "owner_63": codes_by_name("provinces-63")[owner],
        "owner_34": codes_by_name("provinces-34")[owner],
        "schematic": True,
        "frame": frame,
        "islands": dots,
    }


def write(name, list_id, shapes, insets):
    expected = sorted(codes_by_name(list_id).values())
    if sorted(shapes) != expected:
        fail(f"{list_id}: found {sorted(shapes)}, expected {expected}")
    units = [{"code": code, "path": path(geometry), "label": label(geometry)}
             for code, geometry in sorted(shapes.items())]
    head = {"id": list_id, "source": SOURCE, "credit": CREDIT, "licence": LICENCE, "schematic": True,
            "width": WIDTH, "height": HEIGHT}
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # One unit a line, so that a change shows which unit it concerns.
    text = dump(head)[:-1] + ',\n"units":[\n' + ",\n".join(map(dump, units)) + '\n],\n"insets":[\n'
    text += ",\n".join(map(dump, insets)) + "\n]}\n"
    json.loads(text)
    (OUT / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(units)} units, {len(text.encode()) / 1000:.1f} kB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", help="vietnam.geojson out of the npm package")
    arguments = parser.parse_args()
    fine = coverage(provinces(source_text(arguments.source)))
    old = simplified(fine)
    members = defaultdict(list)
    for row in rows(TABLES / "successors.csv"):
        members[row["new_code"]].append(old[row["old_code"]])
    new = {code: shapely.coverage_union_all(parts) for code, parts in members.items()}
    for code, geometry in [*old.items(), *new.items()]:
        if not geometry.is_valid:
            fail(f"the outline of {code} crosses itself")
    land = shapely.unary_union(list(fine.values()))
    islands = rows(Path(__file__).parent / "islands.csv")
    insets = [inset(definition, islands, land) for definition in INSETS]
    OUT.mkdir(parents=True, exist_ok=True)
    write("vn-63.json", "provinces-63", old, insets)
    write("vn-34.json", "provinces-34", new, insets)


if __name__ == "__main__":
    main()
