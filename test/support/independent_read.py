"""Reads landing archives with Python's zlib, tarfile and csv (strict), sharing no code with Partnerday.

stdin:  {"archives": [{"key", "path", "source"?}], "date": "YYYY-MM-DD", "members": {...}, "dialect": {...},
         "tables": {...}, "published": {table: path}}
         members, dialect, tables as in the partner's configuration; published is optional.
stdout: {"archives": [...], "tables": {...}, "skipped": [...], "duplicates": n}
Rows are taken in canonical order: (source, archive key in UTF-8 bytes), then member position. Every published CSV is
compared with them row by row, cell by cell, as it is read.
"""

import csv
import hashlib
import io
import json
import re
import sys
import tarfile
import unicodedata
import zlib

csv.field_size_limit(2**31 - 1)
ENCODINGS = {"utf-8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "cp949": "cp949", "euc-kr": "euc_kr"}
DATES = {"YYYYMMDD": lambda date: date.replace("-", ""), "YYYY-MM-DD": lambda date: date}


def inflate(data):
    """The bytes that can be had, and whether they are all: 'whole', 'cut' or 'corrupt'."""
    out = []
    while data:
        stream = zlib.decompressobj(wbits=31)
        try:
            out.append(stream.decompress(data))
        except zlib.error:
            return b"", "corrupt"
        if not stream.eof:
            return b"".join(out), "cut"
        data = stream.unused_data.lstrip(b"\0")
    return b"".join(out), "whole"


def files_of(data):
    """(name, bytes) of the plain files that are there in full."""
    files = []
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            while (entry := tar.next()) is not None:
                if entry.isreg() and entry.offset_data + entry.size <= len(data):
                    files.append((entry.name, data[entry.offset_data : entry.offset_data + entry.size]))
    except tarfile.ReadError:
        pass
    return files


def name_pattern(members, date):
    parts = {
        "{table}": r"(?P<table>[A-Za-z0-9][A-Za-z0-9_.-]*)",
        "{date}": re.escape(DATES[members["dateFormat"]](date)),
        "{batch}": r"(?P<batch>[^/]+?)",
        "*": r"[^/]*",
    }
    pieces = re.split(r"(\{table\}|\{date\}|\{batch\}|\*)", members["pattern"])
    return re.compile("".join(parts.get(piece, re.escape(piece)) for piece in pieces))


class Table:
    def __init__(self, rules, published):
        self.rules = rules
        self.columns, self.headers = [], []
        self.files = self.rows = self.rejected = self.nulls = 0
        self.difference = None
        self.published = None
        if published is not None:
            self.published = csv.reader(open(published, encoding="utf-8", newline=""), strict=True)
            self.order = next(self.published, [])

    def add(self, where, text, dialect):
        rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=dialect["delimiter"],
                          quotechar=dialect["quote"], doublequote=True)
        aliases = self.rules.get("aliases", {})
        header = None
        for row in rows:
            if not row:
                continue
            if header is None:
                header = [unicodedata.normalize("NFC", aliases.get(name, name)) for name in row]
                self.begin(header)
            elif len(row) != len(header):
                self.rejected += 1
            else:
                self.take(where, header, row, dialect["nullTokens"])

    def begin(self, header):
        self.files += 1
        if header not in self.headers:
            self.headers.append(header)
        new = [name for name in header if name not in self.columns]
        self.columns += new
        self.nulls += self.rows * len(new)

    def take(self, where, header, row, null_tokens):
        self.rows += 1
        self.nulls += len(self.columns) - len(header)
        self.nulls += sum(1 for value in row if value == "" or value in null_tokens)
        if self.published is None or self.difference:
            return
        cells = dict(zip(header, row))
        expected = [cells.get(name, "") for name in self.order]
        actual = next(self.published, None)
        if actual != expected:
            line = self.published.line_num
            self.difference = f"row {self.rows} (line {line}, from {where}): expected {expected}, published {actual}"

    def result(self):
        expected = self.columns + [name for name in self.rules.get("columns") or [] if name not in self.columns]
        missing = [name for name in expected if any(name not in header for header in self.headers)]
        if self.published is not None and not self.difference:
            surplus = sum(1 for _ in self.published)
            if sorted(self.order) != sorted(self.columns):
                self.difference = f"columns: expected {self.columns}, published {self.order}"
            elif surplus:
                self.difference = f"{surplus} rows after the last expected one"
        return {
            "columns": self.columns, "files": self.files, "rows": self.rows, "rowsRejected": self.rejected,
            "headerConsistent": len(self.headers) <= 1, "missingFields": missing, "nullCells": self.nulls,
            "difference": self.difference,
        }


def main():
    request = json.load(sys.stdin)
    published = request.get("published", {})
    pattern = name_pattern(request["members"], request["date"])
    tables, seen, archives, skipped, duplicates = {}, set(), [], [], 0
    for archive in sorted(request["archives"], key=lambda a: (a.get("source", ""), a["key"].encode())):
        with open(archive["path"], "rb") as file:
            data, outcome = inflate(file.read())
        files = files_of(data)
        archives.append({"key": archive["key"], "outcome": outcome, "members": len(files)})
        for name, content in files:
            where = f"{archive['key']} {name}"
            match = pattern.fullmatch(name.rsplit("/", 1)[-1])
            if match is None:
                skipped.append(where)
                continue
            identity = (name, hashlib.sha256(content).digest())
            if identity in seen:
                duplicates += 1
                continue
            seen.add(identity)
            table = match["table"]
            rules = request["tables"].get(table, {})
            if table not in tables:
                tables[table] = Table(rules, published.get(table))
            dialect = rules.get("dialect") or request["dialect"]
            text = content.decode(ENCODINGS[dialect["encoding"]]).removeprefix("\ufeff")
            tables[table].add(where, text, dialect)
    for table in published.keys() - tables.keys():
        tables[table] = Table({}, None)
        tables[table].difference = "published, but no member of it landed"
    results = {table: state.result() for table, state in sorted(tables.items())}
    json.dump({"archives": archives, "tables": results, "skipped": skipped, "duplicates": duplicates}, sys.stdout)


main()
