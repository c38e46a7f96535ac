"""Check what somebody kept of a Kept ledger, with no code of Kept: ../verifying.md says how and why. Needs `cryptography`."""
import argparse, base64, datetime, hashlib, io, json, pathlib, sys, urllib.request, zipfile
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
sha, hexed, time = lambda b: hashlib.sha256(b).digest(), lambda b: hashlib.sha256(b).hexdigest(), datetime.datetime.fromisoformat
leaf, node, half = lambda b: sha(b"\0" + b), lambda left, right: sha(b"\1" + left + right), lambda size: 1 << (size - 1).bit_length() - 1
canon = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
need = lambda holds, why: holds or sys.exit(f"Does not hold: {why}.")
def opened(note, ring, dated=None):  # a C2SP signed note → its text, once a key of the ring signed it while it was the ledger's
    text, lines = note.rpartition("\n\n")[0] + "\n", [line.split(" ") for line in note.rpartition("\n\n")[2].splitlines()]
    held = [(key, base64.b64decode(line[2], validate=True)) for key in ring for line in lines if line[:2] == ["—", key.split("+")[0]]]
    key, blob = next((one for one in held if one[1][:4].hex() == one[0].split("+")[1]), ("", b""))
    if not key: return need(dated is False, "it is not signed by a key that is trusted, or that follows from one") and ""
    public, until = base64.b64decode(key.split("+", 2)[2]), ring[key]  # a witness (a key of kind 4) signs its own time before the text
    timed = b"cosignature/v1\ntime %d\n" % int.from_bytes(blob[4:12], "big") if public[0] == 4 else b""
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(blob[12 if timed else 4 :], timed + text.encode())
    return need(not until or ((said := dated(text))[0] < until[0] and said[1] <= until[1]), "an old key signed it, after another followed") and text
def head(note, ring):  # a checkpoint → size, root, time
    origin, size, root, at, *_ = opened(note, ring, lambda text: (time(text.split("\n")[3]), int(text.split("\n")[1]))).split("\n")
    return need(origin == next(iter(ring)).split("+")[0], "the checkpoint is of another ledger") and (int(size), base64.b64decode(root), time(at))
def follow(ring, told):  # a list of keys: adds to the ring those that follow from it, or lead to it → the head of the ledger that says so
    for act in told["successions"] * len(told["successions"]):
        title, origin, old, new, after, at = (note := act["header"]["payload"]["note"]).rpartition("\n\n")[0].split("\n")
        if ring.keys() & {old := old[5:], new := new[3:]}:
            both = opened(note, {old: None}, False) and opened(note, {new: None}, False) and {old.split("+")[0], new.split("+")[0]} == {origin}
            need(both and (title, act["header"]["kind"]) == ("kept ledger succession", "rotated"), "a succession of keys is not signed by both")
            ring |= {old: (time(at), int(after.split(" ")[1])), new: ring.get(new)}
    top = need([*ring.values()].count(None) == 1, "two keys are said to follow the same one") and head(told["checkpoint"], ring)
    return [open_act(act, top) for act in told["successions"]] and top
def up(hash, index, size, path):  # the root that a path leads to: RFC 6962, 2.1.1, from the root down
    step, left = (bytes.fromhex(path.pop()), half(size)) if size > 1 else (b"", 1)
    return hash if size == 1 else node(up(hash, index, left, path), step) if index < left else node(step, up(hash, index - left, size - left, path))
def included(data, place, root):
    index, size, path = place["index"], place["size"], [*place["path"]]
    need(0 <= index < size and up(leaf(data), index, size, path) == root and not path, f"the path of leaf {index} does not lead to the root")
def part(proof, top):  # a person's part of an act, proven → its hash
    own, link = sha(bytes.fromhex(proof["salt"]) + canon([proof["header"], proof["detail"]])), proof.get("part", {}).get("previous", {"leaf": -1, "hash": "00" * 32})
    if proof["format"] == "kept-proof-2": own += b"".join(one.to_bytes(8, "big") for one in (proof["part"]["number"], link["leaf"] + 1)) + bytes.fromhex(link["hash"])
    root, digest = bytes.fromhex(proof["root"]), bytes.fromhex(proof["digest"])
    need(proof["format"] in ("kept-proof-1", "kept-proof-2") and len(root) == len(digest) == 32, "the proof is of another format")
    return included(own, proof["people"], root) or included(root + digest, {**proof["log"], "size": top[0]}, top[1]) or leaf(own)
whole = lambda act: need(act["format"] == "kept-act-1", "that is no act") and sha(b"") + sha(b"\1\0\0[" + canon(act["header"]) + b",[]]")
open_act = lambda act, top: included(whole(act), {**act["log"], "size": top[0]}, top[1])  # an act that touches nobody, proven
def pruning(act, top, days):  # an act of pruning, proven → [first leaf, last leaf, written before]
    need(act["header"]["kind"] == "pruned", "that is no act of pruning") and open_act(act, top)
    named = [(*leaves, time(group["before"])) for group in act["header"]["payload"]["pruned"] for leaves in group["leaves"]]
    return need(all(time(act["header"]["at"]) - one[2] >= datetime.timedelta(days) for one in named), "pruned before their term") and named
def ledger(told, ring, days):  # ledger.json of a copy: every entry proven, and none missing between them
    top, before = head(told["checkpoint"], ring), (0, -1, b"")
    gone = [one for act in told.get("pruned", []) for one in pruning(act, top, days)]
    for proof in sorted(told["entries"], key=lambda one: one["log"]["index"]):
        hash, index, link = part(proof, top), proof["log"]["index"], proof.get("part", {"number": 0})
        number, named = link["number"], link.get("previous", {"leaf": -1, "hash": ""})
        follows = number == before[0] + (number > 0) and (number < 2 or (named["leaf"], bytes.fromhex(named["hash"])) == before[1:])
        lawful = number > before[0] + 1 and any(first <= named["leaf"] <= last for first, last, _ in gone)
        need(follows or lawful, f"a gap: what comes before the entry at leaf {index} is missing (leaf {named['leaf']})")
        before = number, index, hash
    return need(all(not one.get("changed") and time(one["at"]) >= top[2] - datetime.timedelta(hours=one["waits"]) for one in told.get("unproven", [])), "an entry has no proof") and (top, gone)
def copy(path, ring, days):  # → ledger.json, (size, root, time), what was pruned, when it was made
    archive = zipfile.ZipFile(io.BytesIO(raw := pathlib.Path(path).read_bytes()))
    whole, content, files = hexed(raw[: len(raw) - len(archive.comment)]), archive.read("manifest.json"), archive.namelist()
    known, made = (said := json.loads(content))["files"], lambda text: (time(said["made"]), 0)
    if "keys.json" in files: follow(ring, json.loads(archive.read("keys.json")))
    need(opened(archive.comment.decode(), ring, made) == f"kept copy archive\n{whole}\n", "these are not the bytes that were signed")
    need(opened(archive.read("manifest.note").decode(), ring, made) == f"kept copy manifest\n{hexed(content)}\n", "another manifest was signed")
    need(sorted(files) == sorted([*known, "manifest.json", "manifest.note"]) and all(hexed(archive.read(name)) == one["sha256"] for name, one in known.items()), "a file was changed or added")
    return (told := json.loads(archive.read("ledger.json"))), *ledger(told, ring, days), time(said["made"])
def since(old, new, days):  # every entry of an older copy is in the newer one, or past its term
    there = [(one["log"]["index"], one["root"], one["digest"]) for one in new[0]["entries"]]
    for one in [one for one in old[0]["entries"] if (one["log"]["index"], one["root"], one["digest"]) not in there]:
        at, named = time(one["header"]["at"]), [before for first, last, before in new[2] if first <= one["log"]["index"] <= last]
        need(days and at + datetime.timedelta(days) <= new[3] and all(at < one for one in named), f"the entry of {at} is gone or rewritten before its term")
    need(old[1][0] < new[1][0] or old[1][:2] == new[1][:2], "the newer copy is of another ledger")
root_of = lambda of: node(root_of(of[: half(len(of))]), root_of(of[half(len(of)) :])) if len(of) > 1 else [*of, sha(b"")][0]
def against(heads, prefix, ring):  # the ledger of today begins with what was signed then; C2SP tlog-tiles: level 0 holds all leaves
    read, places = lambda name: urllib.request.urlopen(prefix + name).read(), lambda at: [(at // 1000**n % 1000, n) for n in (3, 2, 1, 0) if at >= 1000**n or not n]
    (now, root, _), name = head(read("checkpoint").decode(), ring), lambda at: "/".join(f"{'x' * (n > 0)}{place:03d}" for place, n in places(at))
    found = b"".join(read(f"tile/0/{name(at)}" + (f".p/{now % 256}" if at == now // 256 else "")) for at in range(-(-now // 256)))
    of = [found[at : at + 32] for at in range(0, len(found), 32)]
    need(root_of(of) == root and all(size <= now and root_of(of[:size]) == then for size, then, _ in heads), "the ledger was rewritten")
def receipt(held, ring):
    if held.get("keys"): follow(ring, held["keys"])
    said = opened(held["receipt"], ring, lambda text: (time(json.loads(text.split("\n", 1)[1])["dct:issued"]), 0)).split("\n")
    own = not (proof := held["proof"]) or proof["detail"]["sha256"] == hexed(held["receipt"].encode())
    return need((said[0], said[2], own) == ("kept receipt 1", "", True), "no such receipt") and proof and (top := head(held["checkpoint"], ring), part(proof, top))[0]
ask = argparse.ArgumentParser(description=__doc__)
for name in ("key", "file", "--old", "--tiles", "--days", "--witness", "--quorum", "--keys"): ask.add_argument(name, type=float if name[2:] in ("days", "quorum") else str)
ring = {(given := ask.parse_args()).key: None}  # key → until when and until which size it counts; None for the newest
try:
    told = [follow(ring, json.loads(pathlib.Path(given.keys).read_text("utf-8")))] if given.keys else []
    if given.file.endswith(".zip"):
        _, top, *_ = new = need(not given.witness, "witnesses sign checkpoints, no copies") and copy(given.file, ring, given.days or 0)
        if given.old: since(copy(given.old, ring, 0), new, given.days or 0)
    else:
        text, keys = pathlib.Path(given.file).read_text("utf-8"), {*filter(None, (given.witness or "").split(","))}
        need(sum(bool(opened(text, {one: None}, False)) for one in keys) >= (given.quorum or len(keys)), "too few witnesses signed")
        top = receipt(json.loads(text), ring) if given.file.endswith(".json") else head(text, ring)
    if given.tiles: against([top, *told], given.tiles, ring)
    print(f"Holds, under {top[0]} entries signed {top[2]}." if top else "Holds. Its place in the ledger is not in this file.")
except Exception as wrong: raise SystemExit(f"Does not hold: it is not written as it should be ({type(wrong).__name__}).")
