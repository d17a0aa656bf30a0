"""One rule of a profile as a form, made from what the rule's file declares; or the profile's own head."""

import re
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from cockpit.exits.registry import RULES
from cockpit.profile_draft import HEAD, Complaint, Declared, Draft, declared, supervision
from widgets.paint import format as fmt
from widgets.paint.theme import Look
from widgets.parts.fields import ChoiceField, LineField, NumberField, Switch, grouped
from widgets.parts.form_row import INSET, FormRow
from widgets.parts.table_field import TableField
from widgets.parts.words import Ground, Words

UNITS = {"_s": "s", "_min": "min", "_bps": "bps", "_pct": "%"}
READ_ONLY = "a shipped profile is not changed: copy it under a new name"


def label(about: Declared) -> str:
    """The name of a value without the unit that stands beside its field."""
    key = about.key
    for end, unit in UNITS.items():
        if key.endswith(end) and about.unit == unit:
            key = key.removesuffix(end)
    return re.sub(r"\b(iv|oi|rsi)\b", lambda found: found[0].upper(), fmt.title(key), flags=re.IGNORECASE)


def meaning(about: Declared) -> str:
    """Range and help of a value, in one sentence each."""
    if about.kind not in ("number", "whole"):
        return about.help
    also = ' or "off"' if about.off else ""
    text = f"{about.help[:1].upper()}{about.help[1:]}"
    return fmt.signs(f"{grouped(about.low)} to {grouped(about.high)}{also}. {text}")


class RuleForm(QScrollArea):
    """Shows one rule; whoever owns the draft carries the edits out and shows the form again.

    `edited` carries key and value, `cell` key, row, column and value of a table, `rows` the key and the row to take
    away, or -1 for one more.
    """

    edited = Signal(str, object)
    cell = Signal(str, int, str, object)
    rows = Signal(str, int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: tuple[str, bool] | None = None
        self.fields: dict[str, FormRow] = {}
        self._wrong = Words(look, px=11, token="loss")
        self._about = Words(look, px=11)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_rule(self, draft: Draft, rule: str, complaint: Complaint | None, *, read_only: bool) -> None:
        """The rule's values; an empty `rule` is the profile's own head."""
        if self._shown != (rule, read_only):
            self._shown = (rule, read_only)
            self._build(rule, read_only)
        for key, row in self.fields.items():
            row.show_value(draft.value(rule, key), draft.shipped(rule, key))
            wrong = complaint is not None and (complaint.rule, complaint.key) == (rule, key)
            row.set_complaint(complaint.said if wrong and complaint is not None else "")
            if isinstance(row.field, TableField):
                row.refit()
                row.field.set_bad_cell(complaint.row, complaint.column) if wrong and complaint is not None else None
        whole = complaint is not None and complaint.rule == rule and not complaint.key
        self._wrong.say(complaint.said if whole and complaint is not None else "")

    def _build(self, rule: str, read_only: bool) -> None:
        page = Ground(self._look)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 12)
        column.setSpacing(2)
        self._about = Words(self._look, inset=INSET)
        self._wrong = Words(self._look, token="loss", inset=INSET)
        for words in (self._about, self._wrong):
            column.addWidget(words)
        self.fields = {}
        for heading, values in _parts(rule):
            if heading:
                column.addSpacing(8)
                column.addWidget(Words(self._look, heading, px=12, weight=600, token="t1", inset=INSET))
            for about in values:
                self.fields[about.key] = row = self._row(about)
                row.setEnabled(not read_only)
                row.setToolTip(READ_ONLY if read_only else about.key)
                column.addWidget(row)
        column.addStretch(1)
        self._about.say(RULES[rule].help if rule else "What holds for every rule of the profile.")
        self.setWidget(page)

    def _row(self, about: Declared) -> FormRow:
        field = self._field(about)
        unit = about.unit if about.kind != "table" else ""
        row = FormRow(self._look, label(about), field, unit=unit, help=meaning(about))
        row.edited.connect(partial(self.edited.emit, about.key))
        return row

    def _field(self, about: Declared) -> QWidget:
        match about.kind:
            case "choice":
                return ChoiceField(self._look, about.options, name=label(about))
            case "flag":
                return Switch(self._look, label(about))
            case "text":
                return LineField(self._look, width=420)
            case "table":
                return self._table(about)
            case _:
                return NumberField(self._look, whole=about.kind == "whole")

    def _table(self, about: Declared) -> TableField:
        heads = {column.key: f"{label(column)}, {column.unit}" for column in about.columns}
        made = TableField(self._look, heads, about.most)
        made.cell.connect(partial(self.cell.emit, about.key))
        made.added.connect(partial(self.rows.emit, about.key, -1))
        made.removed.connect(partial(self.rows.emit, about.key))
        return made


def _parts(rule: str) -> tuple[tuple[str, tuple[Declared, ...]], ...]:
    if not rule:
        return (("", HEAD),)
    own = declared(RULES[rule].Parameters)
    return ("", own), ("How it is supervised", supervision(RULES[rule]))
