"""Check what somebody kept of a Kept ledger, with no code of Kept: ../verifying.md says how and why. Needs `cryptography`."""
import argparse, base64, io, json, pathlib, sys, urllib.request, zipfile
from datetime import datetime, timedelta
from hashlib import sha256
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
sha, hexed, time = lambda b: sha256(b).digest(), lambda b: sha256(b).hexdigest(), datetime.fromisoformat
leaf, node, half = lambda b: sha(b"\0" + b), lambda left, right: sha(b"\1" + left + right), lambda size: 1 << (size - 1).bit_length() - 1
canon = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
need = lambda holds, why: holds or sys.exit(f"Does not hold: {why}.")
def opened(note, key):  # a C2SP signed note → its text; a witness (a key of kind 4) signs its time before it
    (name, key_id, material), (text, _, lines) = key.split("+", 2), note.rpartition("\n\n")
    signed = [base64.b64decode(line.split(" ")[2], validate=True) for line in lines.splitlines() if line.startswith(f"— {name} ")]
    public, blob = base64.b64decode(material), next((blob[4:] for blob in signed if blob[:4].hex() == key_id), b"")
    timed = b"cosignature/v1\ntime %d\n" % int.from_bytes(blob[:8], "big") if public[0] == 4 else b""
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(blob[8 if timed else 0 :], timed + (text + "\n").encode())
    return text + "\n"
def cosigned(note, key):  # whether this witness signed the checkpoint; lines of all others are passed over
    (name, key_id, _), lines = key.split("+", 2), [line.split(" ") for line in note.rpartition("\n\n")[2].splitlines()]
    return any(line[1] == name and base64.b64decode(line[2])[:4].hex() == key_id for line in lines) and bool(opened(note, key))
def head(note, key):  # a checkpoint → size, root, time
    origin, size, root, at, *_ = opened(note, key).split("\n")
    return need(origin == key.split("+")[0], "the checkpoint is of another ledger") and (int(size), base64.b64decode(root), time(at))
def up(hash, index, size, path):  # the root that a path leads to: RFC 6962, 2.1.1, from the root down
    if size == 1: return hash
    step, left = bytes.fromhex(path.pop()), half(size)
    return node(up(hash, index, left, path), step) if index < left else node(step, up(hash, index - left, size - left, path))
def included(data, place, root):
    index, size, path = place["index"], place["size"], [*place["path"]]
    need(0 <= index < size and up(leaf(data), index, size, path) == root and not path, f"the path of leaf {index} does not lead to the root")
def part(proof, top):  # a person's part of an act, proven → its hash
    own = sha(bytes.fromhex(proof["salt"]) + canon([proof["header"], proof["detail"]]))
    if proof["format"] == "kept-proof-2":
        link = proof["part"].get("previous", {"leaf": -1, "hash": "00" * 32})
        own += proof["part"]["number"].to_bytes(8, "big") + (link["leaf"] + 1).to_bytes(8, "big") + bytes.fromhex(link["hash"])
    root, digest = bytes.fromhex(proof["root"]), bytes.fromhex(proof["digest"])
    need(proof["format"] in ("kept-proof-1", "kept-proof-2") and len(root) == len(digest) == 32, "the proof is of another format")
    included(own, proof["people"], root)
    included(root + digest, {**proof["log"], "size": top[0]}, top[1])
    return leaf(own)
def pruning(act, top, days):  # an act of pruning, proven → [first leaf, last leaf, written before]
    need(act["format"] == "kept-act-1" and act["header"]["kind"] == "pruned", "that is no act of pruning")
    included(sha(b"") + sha(b"\1\0\0[" + canon(act["header"]) + b",[]]"), {**act["log"], "size": top[0]}, top[1])
    named = [(*leaves, time(group["before"])) for group in act["header"]["payload"]["pruned"] for leaves in group["leaves"]]
    need(all(time(act["header"]["at"]) - one[2] >= timedelta(days) for one in named), "leaves were pruned before their term")
    return named
def ledger(told, key, days):  # ledger.json of a copy: every entry proven, and none missing between them
    top, before = head(told["checkpoint"], key), (0, -1, b"")
    gone = [one for act in told.get("pruned", []) for one in pruning(act, top, days)]
    for proof in sorted(told["entries"], key=lambda one: one["log"]["index"]):
        hash, index, link = part(proof, top), proof["log"]["index"], proof.get("part", {"number": 0})
        number, named = link["number"], link.get("previous", {"leaf": -1, "hash": ""})
        follows = number == before[0] + (number > 0) and (number < 2 or (named["leaf"], bytes.fromhex(named["hash"])) == before[1:])
        lawful = number > before[0] + 1 and any(first <= named["leaf"] <= last for first, last, _ in gone)
        need(follows or lawful, f"a gap: what comes before the entry at leaf {index} is missing (leaf {named['leaf']})")
        before = number, index, hash
    need(all(time(one["at"]) >= top[2] - timedelta(hours=one["waits"]) for one in told.get("unproven", [])), "an entry has no proof")
    return top, gone
def copy(path, key, days):  # → ledger.json, (size, root, time), what was pruned, when it was made
    archive = zipfile.ZipFile(io.BytesIO(raw := pathlib.Path(path).read_bytes()))
    whole, content = hexed(raw[: len(raw) - len(archive.comment)]), archive.read("manifest.json")
    need(opened(archive.comment.decode(), key) == f"kept copy archive\n{whole}\n", "these are not the bytes that were signed")
    need(opened(archive.read("manifest.note").decode(), key) == f"kept copy manifest\n{hexed(content)}\n", "another manifest was signed")
    need(sorted(archive.namelist()) == sorted([*(said := json.loads(content))["files"], "manifest.json", "manifest.note"]), "a file was added or taken out")
    need(all(hexed(archive.read(name)) == known["sha256"] for name, known in said["files"].items()), "a file was changed")
    return (told := json.loads(archive.read("ledger.json"))), *ledger(told, key, days), time(said["made"])
def since(old, new, days):  # every entry of an older copy is in the newer one, or past its term
    there = [(one["log"]["index"], one["root"], one["digest"]) for one in new[0]["entries"]]
    for one in [one for one in old[0]["entries"] if (one["log"]["index"], one["root"], one["digest"]) not in there]:
        index, at = one["log"]["index"], time(one["header"]["at"])
        past = days and at + timedelta(days) <= new[3] and all(at < before for first, last, before in new[2] if first <= index <= last)
        need(past, f"the entry of {at} at leaf {index} is gone or rewritten before its term")
    need(old[1][0] < new[1][0] or old[1][:2] == new[1][:2], "the newer copy is of another ledger")
root_of = lambda of: node(root_of(of[: half(len(of))]), root_of(of[half(len(of)) :])) if len(of) > 1 else [*of, sha(b"")][0]
def against(then, prefix, key):  # the ledger of today begins with what was signed then
    read = lambda name: urllib.request.urlopen(prefix + name).read()
    (now, root, _), found = head(read("checkpoint").decode(), key), b""
    for at in range(-(-now // 256)):  # C2SP tlog-tiles: the lowest level holds the hashes of all leaves
        name = "/".join([f"x{at // 1000**n % 1000:03d}" for n in (3, 2, 1) if at >= 1000**n] + [f"{at % 1000:03d}"])
        found += read(f"tile/0/{name}" + (f".p/{now % 256}" if at == now // 256 else ""))
    need(then[0] <= now and root_of(of := [found[at : at + 32] for at in range(0, len(found), 32)]) == root and root_of(of[: then[0]]) == then[1], "the ledger was rewritten")
def receipt(held, key):
    (title, _, rest), proof = opened(held["receipt"], key).split("\n"), held["proof"]
    need(title == "kept receipt 1" and not rest and (not proof or proof["detail"]["sha256"] == hexed(held["receipt"].encode())), "no such receipt")
    return proof and (top := head(held["checkpoint"], key), part(proof, top))[0]
ask = argparse.ArgumentParser(description=__doc__)
for name in ("key", "file", "--old", "--tiles", "--days", "--witness", "--quorum"): ask.add_argument(name, type=float if name[2:] in ("days", "quorum") else str)
given = ask.parse_args()
try:
    if given.file.endswith(".zip"):
        _, top, *_ = new = need(not given.witness, "witnesses sign checkpoints, no copies") and copy(given.file, given.key, given.days or 0)
        if given.old: since(copy(given.old, given.key, 0), new, given.days or 0)
    else:
        text = pathlib.Path(given.file).read_text("utf-8")
        keys = {*filter(None, (given.witness or "").split(","))}
        need(sum(cosigned(text, one) for one in keys) >= (given.quorum or len(keys)), "too few witnesses signed")
        top = receipt(json.loads(text), given.key) if given.file.endswith(".json") else head(text, given.key)
    if given.tiles: against(top, given.tiles, given.key)
    print(f"Holds, under {top[0]} entries signed {top[2]}." if top else "Holds. Its place in the ledger is not in this file.")
except Exception as wrong: raise SystemExit(f"Does not hold: it is not written as it should be ({type(wrong).__name__}).")
