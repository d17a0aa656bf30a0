"""Profiles in the settings: choose or copy one, edit its rules, see when they would fire, save it, put it to use."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cockpit import profiles
from cockpit.commands import ApplyProfile
from cockpit.domain.errors import BadInput
from cockpit.exits.profile import Profile
from cockpit.frame import PositionPart, ProfilePart
from cockpit.profile_draft import Complaint, Draft
from cockpit.profile_origin import free_name, origin_of
from widgets.paint.theme import Look
from widgets.parts.button import ActionButton
from widgets.parts.fields import LineField
from widgets.parts.picker import Picker
from widgets.parts.words import Ground, Words, titled
from widgets.settings.apply_panel import ApplyPanel
from widgets.settings.examples_list import CALM, ExamplesList
from widgets.settings.profile_rules import ProfileRules
from widgets.settings.rule_form import RuleForm

WIDE_COLUMNS, COMPACT_COLUMNS = (248, 420), (212, 300)  # of the rules and of the examples


class ProfileForm(QWidget):
    """`applied` carries the command that puts a profile to use; `shown` the name of the one that is looked at."""

    applied = Signal(object)
    shown = Signal(str)

    def __init__(self, look: Look, name: str = "") -> None:
        super().__init__()
        self._look = look
        self._drafts: dict[str, Draft] = {}
        self._name = ""
        self._positions: tuple[PositionPart, ...] = ()
        self._known: tuple[ProfilePart, ...] = ()
        self.choice = Picker(look, "profile")
        self.copy = ActionButton(look, "Copy", hint="copy this profile under a new name")
        self.new_name = LineField(look, width=180, wants="name of the copy")
        self.undo = ActionButton(look, "Undo", key="Ctrl Z", hint="take the last edit back")
        self.redo = ActionButton(look, "Redo", key="Ctrl ⇧Z", hint="do it again")
        self.rules = ProfileRules(look)
        self.form = RuleForm(look)
        self.examples = ExamplesList(look)
        self._told = titled(look, "When would this fire?", CALM, self.examples)
        self.panel = ApplyPanel(look)
        self.said = Words(look)
        self.save = ActionButton(look, "Save", key="Ctrl S", hint="save this profile")
        self.use = ActionButton(
            look, "Use for new positions", hint="supervise new positions by this profile", kind="accent"
        )
        self.use_open = ActionButton(look, "And for open ones …", hint="choose which open positions it supervises too")
        self._lay_out()
        self._connect()
        self._offer()
        self.open(name if name in self._names() else profiles.SHIPPED_PROFILES[0])
        self.set_measures()

    @property
    def draft(self) -> Draft | None:
        """The profile under edit; None where its file is no profile."""
        return self._drafts.get(self._name)

    @property
    def read_only(self) -> bool:
        """Whether it is a shipped one."""
        return self._name in profiles.SHIPPED_PROFILES

    def set_measures(self) -> None:
        """Take the widths of the look again."""
        rules, examples = COMPACT_COLUMNS if self._look.compact else WIDE_COLUMNS
        self.rules.setFixedWidth(rules)
        self._told.setFixedWidth(examples)

    def show_positions(self, positions: tuple[PositionPart, ...], known: tuple[ProfilePart, ...]) -> None:
        """What is open, and what the session's profiles are."""
        if positions is not self._positions or known is not self._known:
            before = [(each.id, each.profile) for each in self._positions]
            changed = before != [(each.id, each.profile) for each in positions] or known != self._known
            self._positions, self._known = positions, known
            if changed:
                self.panel.show_positions(positions)
                self.refresh()

    def open(self, name: str) -> None:
        """Show that profile, with the edits that were made to it and not yet saved."""
        self._close_panel()
        self._name = name
        if name not in self._drafts:
            try:
                made = profiles.profile(name)
                self._drafts[name] = Draft(made, origin_of(made))
            except BadInput as error:
                self.said.say(str(error), "loss")
        self._offer()
        self.shown.emit(name)
        self.rules.choose("")
        self.refresh()

    def refresh(self) -> None:
        """Show everything as it is now."""
        draft = self.draft
        for part in (self.rules, self.form, self.examples):
            part.setEnabled(draft is not None)
        if draft is None:
            for button in (self.copy, self.undo, self.redo, self.save, self.use, self.use_open):
                button.set_off("this file is no profile: mend it, or choose another")
            return
        found = draft.check()
        wrong = found if isinstance(found, Complaint) else None
        self.rules.show_draft(draft, wrong, read_only=self.read_only)
        self.form.show_rule(draft, self.rules.current, wrong, read_only=self.read_only)
        self.examples.show_rule(draft, self.rules.current)
        self._told.setVisible(bool(self.rules.current))
        self._offer_buttons(draft, wrong)
        self._tell(draft, wrong)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo, redo and save of this form, wherever in it the keyboard is."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self._back()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self._forth()
        elif event.matches(QKeySequence.StandardKey.Save):
            self._save()
        else:
            super().keyPressEvent(event)

    def _names(self) -> tuple[str, ...]:
        return (*profiles.SHIPPED_PROFILES, *profiles.own_profiles())

    def _offer(self) -> None:
        """The profiles there are, in the box at the top."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for name in self._names():
            shipped = name in profiles.SHIPPED_PROFILES
            self.choice.addItem(f"{name} (shipped)" if shipped else name, name)
        self.choice.setCurrentIndex(max(self.choice.findData(self._name), 0))
        self.choice.blockSignals(False)

    def _offer_buttons(self, draft: Draft, wrong: Complaint | None) -> None:
        why = "something is not right yet: see the sentence beside it" if wrong is not None else ""
        self.copy.set_off(why)
        self.undo.set_off("" if draft.can_undo else "nothing to take back")
        self.redo.set_off("" if draft.can_redo else "nothing was taken back")
        shipped = "a shipped profile is not changed: copy it" if self.read_only else ""
        self.save.set_off(shipped or why or ("" if draft.dirty else "it is saved"))
        self.use.set_off(why)
        self.use_open.set_off(why or ("" if self._positions else "no position is open"))

    def _tell(self, draft: Draft, wrong: Complaint | None) -> None:
        if wrong is not None:
            self.said.say(wrong.said if not wrong.rule else f"{wrong.rule.replace('_', ' ')}: {wrong.said}", "loss")
            return
        default = next((each.name for each in self._known if each.is_default), "")
        told = ["Shipped: read only. Copy it to make it yours." if self.read_only else ""]
        told.append("Not saved yet." if draft.dirty else "")
        told.append(f"New positions are under {default}." if default else "")
        self.said.say(" ".join(each for each in told if each) or "Saved.", "t2")

    def _edit(self, change: Callable[[Draft], None]) -> None:
        draft = self.draft
        if draft is not None and not self.read_only:
            self._close_panel()
            change(draft)
            self.refresh()

    def _back(self) -> None:
        self._edit(Draft.undo)

    def _forth(self) -> None:
        self._edit(Draft.redo)

    def _edited(self, key: str, value: object) -> None:
        rule = self.rules.current
        self._edit(lambda draft: draft.set(rule, key, value))

    def _cell(self, key: str, row: int, column: str, value: object) -> None:
        rule = self.rules.current
        self._edit(lambda draft: draft.set_cell(rule, key, row, column, value))

    def _rows(self, key: str, row: int) -> None:
        rule = self.rules.current
        self._edit(lambda draft: draft.add_row(rule, key) if row < 0 else draft.remove_row(rule, key, row))

    def _moved(self, rule: str, by: int) -> None:
        self._edit(lambda draft: draft.move_rule(rule, by))
        self.rules.choose(rule)

    def _removed(self, rule: str) -> None:
        self._edit(lambda draft: draft.remove_rule(rule))

    def _added(self, rule: str) -> None:
        self._edit(lambda draft: draft.add_rule(rule))
        self.rules.choose(rule)

    def _ask_name(self) -> None:
        """Where the copy's name is typed; a second press takes it."""
        if self.new_name.isVisible():
            self._copy()
        else:
            self.new_name.setText(free_name(self._name, self._names()))
            self.new_name.show()
            self.new_name.selectAll()
            self.new_name.setFocus()

    def _copy(self) -> None:
        draft, name = self.draft, self.new_name.text().strip()
        found = draft.check() if draft is not None and self.new_name.isVisible() else None
        if not isinstance(found, Profile):
            return
        refused = profiles.name_refusal(name, taken=self._names())
        if refused:
            self.said.say(refused, "loss")
            self.new_name.set_bad(True)
            return
        copied = Draft(replace(found, name=name), origin_of(found))
        self.rules.list.setFocus()
        self.new_name.hide()
        self.new_name.set_bad(False)
        self._store(copied, name)

    def _save(self) -> None:
        draft = self.draft
        if draft is not None and self.save.isEnabled():
            self._store(draft, self._name)

    def _store(self, draft: Draft, name: str) -> bool:
        """Whether the file could be written."""
        try:
            profiles.save(draft.toml())
        except BadInput as error:
            self.said.say(str(error), "loss")
            return False
        draft.saved()
        self._drafts[name] = draft
        at = self.rules.current
        self.open(name)
        self.rules.choose(at)
        return True

    def _use(self) -> None:
        if self.draft is not None:
            self._apply(self.draft, ())

    def _apply(self, draft: Draft, positions: tuple[str, ...]) -> None:
        if not draft.dirty or self._store(draft, draft.name):
            self.applied.emit(ApplyProfile(toml=draft.toml(), positions=positions, as_default=True))

    def _choose_open(self) -> None:
        if self.draft is not None:
            self._bottom.hide()
            self.panel.ask(self.draft, self._positions)

    def _close_panel(self) -> None:
        """It asked about what is not shown any more."""
        self.panel.hide()
        self._bottom.show()

    def _leave_panel(self) -> None:
        """The buttons again, and the keyboard where it was."""
        self._bottom.show()
        self.use_open.setFocus()

    def _connect(self) -> None:
        self.choice.activated.connect(lambda: self.open(self.choice.currentData()))
        self.copy.clicked.connect(self._ask_name)
        self.new_name.returnPressed.connect(self._copy)
        self.undo.clicked.connect(self._back)
        self.redo.clicked.connect(self._forth)
        self.save.clicked.connect(self._save)
        self.use.clicked.connect(self._use)
        self.use_open.clicked.connect(self._choose_open)
        self.panel.applied.connect(self._apply)
        self.panel.left.connect(self._leave_panel)
        self.rules.chosen.connect(self.refresh)
        self.rules.moved.connect(self._moved)
        self.rules.removed.connect(self._removed)
        self.rules.added.connect(self._added)
        self.form.edited.connect(self._edited)
        self.form.cell.connect(self._cell)
        self.form.rows.connect(self._rows)

    def _lay_out(self) -> None:
        self.choice.setMinimumWidth(190)
        self.new_name.hide()
        gap = self._look.measures.gap
        top = Ground(self._look)
        bottom = self._bottom = Ground(self._look)
        in_top, in_bottom, middle = QHBoxLayout(top), QHBoxLayout(bottom), QHBoxLayout()
        for row in (in_top, in_bottom):
            row.setContentsMargins(12, 6, 12, 6)
            row.setSpacing(6)
        for part in (self.choice, self.new_name, self.copy):
            in_top.addWidget(part)
        in_top.addStretch(1)
        for part in (self.undo, self.redo):
            in_top.addWidget(part)
        middle.setSpacing(gap)
        middle.addWidget(self.rules)
        middle.addWidget(self.form, 1)
        middle.addWidget(self._told)
        in_bottom.addWidget(self.said, 1, Qt.AlignmentFlag.AlignVCenter)
        for part in (self.save, self.use_open, self.use):
            in_bottom.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(top)
        column.addLayout(middle, 1)
        column.addWidget(self.panel)
        column.addWidget(bottom)
