"""All rules of a position as one flat function: the kernels' own source, with the profile's parameters put in.

A kernel asked by itself fetches parameters, decides about a basis that never changes and calls small functions; on
every tick that costs more than its comparisons do. Here each kernel's body is copied, its parameters become constants,
what those decide falls away, and functions of one expression are written where they are called. A kernel that cannot
be copied (one that returns from within a loop, one whose file is not the one that was imported) is called. Every
answer and memory is what the kernels by themselves give, bit for bit: tests/exits/test_chain.py.
"""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Sequence
from functools import cache
from tokenize import TokenError
from types import CodeType, FunctionType
from typing import Any

from cockpit.exits.rule import NAN, Kernel

Ask = Callable[[Any, Any], tuple[list[int], float]]
"""Market and position as they are now -> what each rule answers, and the tightest stop of those that hold one."""
Written = tuple[Kernel, Any, bool]  # a kernel, its parameters, and whether its memory holds a stop
COPIED = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.For, ast.If, ast.Pass, ast.Return, ast.While, ast.expr,
    ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.keyword,
)  # fmt: skip
SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr, ast.Await, ast.Yield)


@cache
def flat(rules: tuple[Written, ...]) -> Callable[..., Ask]:
    """What makes the flat function of a position from the memories of its rules, in order."""
    tree, names = written(rules)
    made = dict(names)
    exec(compile(tree, f"<{len(rules)} rules in a row>", "exec"), made)
    return made["bind"]


def written(rules: tuple[Written, ...]) -> tuple[ast.Module, dict[str, Any]]:
    """Its source, for `ast.unparse` to show, and what that knows by name."""
    names: dict[str, Any] = {"nan": NAN}
    records: dict[str, ast.expr] = {name: ast.Name(name, ast.Load()) for name in ("now", "pos")}
    body: list[ast.stmt] = []
    for i, (kernel, p, _) in enumerate(rules):
        names[f"p{i}"], answer = p, f"a{i}"
        given = {**records, "p": ast.Name(f"p{i}", ast.Load()), "m": ast.Name(f"m{i}", ast.Load())}
        if isinstance(kernel, FunctionType) and can_be_copied(kernel):
            copied = KernelCopier(kernel, given, f"_{i}", names, answer).block(definition(kernel).body)
            leaves = [n for statement in copied for n in ast.walk(statement) if isinstance(n, ast.Break)]
            body += copied[:-1] if len(leaves) == 1 else [ast.While(ast.Constant(True), copied, [])]
        else:
            names[f"kernel{i}"] = kernel
            body.append(assigned(answer, ast.parse(f"kernel{i}(p{i}, now, pos, m{i})", mode="eval").body))
    tree = ast.parse(around([has_stop for _, _, has_stop in rules]))
    bind: Any = tree.body[0]
    bind.body[0].body[:0] = body
    return ast.fix_missing_locations(tree), names


def around(have_stops: Sequence[bool]) -> str:
    """The flat function without its kernels."""
    memories, answers = (", ".join(f"{x}{i}" for i in range(len(have_stops))) for x in "ma")
    lines = [f"def bind({memories}):", " def ask(now, pos):", "  stop = nan"]
    for i in (i for i, has_stop in enumerate(have_stops) if has_stop):
        lines += [f"  x = m{i}.stop", "  if x == x and not (x - stop) * pos.level_side <= 0.0:", "   stop = x"]
    return "\n".join([*lines, f"  return [{answers}], stop", " return ask"])


def assigned(name: str, value: ast.expr) -> ast.stmt:
    """name = value."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


@cache
def definition(function: FunctionType) -> ast.FunctionDef:
    """The source of a plain function, without its docstring.

    Raises OSError where it is not at hand, or is not that of the function: a file can be another one by now than the
    one that was imported, and the rest of the program is not.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        made = compile(tree, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, TokenError) as error:
        raise OSError(f"the source of {function.__qualname__} cannot be read: {error}") from error
    codes = [meaning(code) for code in made.co_consts if isinstance(code, CodeType)]
    (found, *_) = tree.body or [None]
    if not isinstance(found, ast.FunctionDef) or meaning(function.__code__) not in codes:
        raise OSError(f"the source of {function.__qualname__} is not what it was made of")
    if ast.get_docstring(found) is not None:
        del found.body[0]
    return found


def meaning(code: CodeType) -> str:
    """What a function does; numbers of the same value but of different kinds differ."""
    return repr((code.co_code, code.co_consts, code.co_names, code.co_varnames, code.co_argcount))


@cache
def can_be_copied(function: FunctionType) -> bool:
    """Whether its source is at hand, of plain statements, and every return can leave the block the copy stands in."""
    try:
        body = definition(function).body
    except OSError:
        return False
    nodes = [n for statement in body for n in ast.walk(statement)]
    loops = [n for n in nodes if isinstance(n, ast.For | ast.While)]
    return (
        all(isinstance(n, COPIED) and not isinstance(n, SCOPES) for n in nodes)
        and not any(isinstance(n, ast.Return) for loop in loops for n in ast.walk(loop))
        and not function.__code__.co_freevars
    )


def arguments(called: FunctionType, call: ast.Call) -> dict[str, ast.expr]:
    """name -> what is given for it; defaults are numbers."""
    names = called.__code__.co_varnames[: called.__code__.co_argcount]
    defaults = [ast.Constant(x) for x in called.__defaults__ or ()]
    return {**dict(zip(reversed(names), reversed(defaults), strict=False)), **dict(zip(names, call.args, strict=False))}


def is_simple(node: ast.expr) -> bool:
    """Whether reading it twice, or not at all, makes no difference."""
    return isinstance(node, ast.Constant | ast.Name) or (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    )


class Copier(ast.NodeTransformer):
    """Copies one function's body: `given` stands in for its arguments, every other local gets the suffix."""

    def __init__(self, function: FunctionType, given: dict[str, ast.expr], suffix: str, names: dict[str, Any]) -> None:
        self.function = function
        self.given = given
        self.suffix = suffix
        self.names = names  # what the flat function knows by name: parameters and functions

    def block(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Copies of statements, as far as they can be reached."""
        made: list[ast.stmt] = []
        for statement in statements:
            found: Any = self.visit(copy.deepcopy(statement))
            made += found if isinstance(found, list) else [found]
            if made and isinstance(made[-1], ast.Break):
                break
        return made

    def called(self, node: ast.expr) -> FunctionType | None:
        """The plain function that an expression of the copy calls."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.keywords:
            return None
        known = self.names.get(node.func.id)
        return known if isinstance(known, FunctionType) and can_be_copied(known) else None

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """An argument, a local, a number of the module, or one of its functions."""
        if node.id in self.given:
            return copy.deepcopy(self.given[node.id])
        if node.id in self.function.__code__.co_varnames:
            return ast.Name(node.id + self.suffix, node.ctx)
        value = self.function.__globals__.get(node.id)
        if isinstance(value, int | float):
            return ast.Constant(value)
        if value is None:  # a builtin
            return node
        name = f"{self.function.__module__.replace('.', '_')}_{node.id}"
        self.names[name] = value
        return ast.Name(name, node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A parameter that is a number becomes that number."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in self.names:
            value = getattr(self.names[node.value.id], node.attr)
            if isinstance(value, int | float):
                return ast.Constant(value)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """A comparison of numbers is decided."""
        self.generic_visit(node)
        if not all(isinstance(x, ast.Constant) for x in (node.left, *node.comparators)):
            return node
        return ast.Constant(eval(compile(ast.fix_missing_locations(ast.Expression(node)), "", "eval")))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """`not`, of what is decided."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Constant):
            return ast.Constant(not node.operand.value)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """A number in front decides all, or falls away."""
        self.generic_visit(node)
        while len(node.values) > 1 and isinstance(first := node.values[0], ast.Constant):
            if bool(first.value) == isinstance(node.op, ast.Or):
                return first
            del node.values[0]
        return node if len(node.values) > 1 else node.values[0]

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """The branch that is decided, or both."""
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        return node

    def visit_If(self, node: ast.If) -> Any:
        """The same."""
        test: ast.expr = self.visit(node.test)
        if isinstance(test, ast.Constant):
            return self.block(node.body if test.value else node.orelse)
        return ast.If(test, self.block(node.body) or [ast.Pass()], self.block(node.orelse))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A function of one expression is written out where its arguments are simple."""
        self.generic_visit(node)
        called = self.called(node)
        if called is None or not all(is_simple(x) for x in node.args):
            return node
        only = definition(called).body[0]
        if len(definition(called).body) > 1 or not isinstance(only, ast.Return) or only.value is None:
            return node
        return Copier(called, arguments(called, node), "", self.names).visit(copy.deepcopy(only.value))


class KernelCopier(Copier):
    """Copies a kernel: what it returns becomes the value of `answer`, and the block that the copy stands in is left."""

    def __init__(
        self, function: FunctionType, given: dict[str, ast.expr], suffix: str, names: dict[str, Any], answer: str
    ) -> None:
        super().__init__(function, given, suffix, names)
        self.answer = answer

    def visit_Return(self, node: ast.Return) -> list[ast.stmt]:
        """An answer; of a longer function that makes it, that function's body."""
        assert node.value is not None
        value: ast.expr = self.visit(node.value)
        called = self.called(value)
        if called is None or not isinstance(value, ast.Call):
            return [assigned(self.answer, value), ast.Break()]
        suffix, given, first = f"{self.suffix}_{called.__name__}", arguments(called, value), list[ast.stmt]()
        for name, x in given.items():
            if not isinstance(x, ast.Constant | ast.Name):  # read now: the body may write to where it comes from
                first.append(assigned(name + suffix, x))
                given[name] = ast.Name(name + suffix, ast.Load())
        return [*first, *KernelCopier(called, given, suffix, self.names, self.answer).block(definition(called).body)]
