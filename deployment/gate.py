"""The gate before anything is changed: the changes are shown, losses refused, and the question asked."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deployment.arguments import Arguments
from deployment.change_sets import give_up, propose
from deployment.execute import SIDE_BY_SIDE, Tools
from deployment.findings import REFUSED, Stopped
from deployment.plan import Plan, StackPlan
from deployment.review import Review, lines, refusals
from deployment.talk import Talk


def somebody_to_ask(arguments: Arguments) -> None:
    """Raise `Stopped` where a question is due and nobody is there."""
    if _is_question_due(arguments) and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Stopped("nobody to ask: pass --yes to deploy without a question; nothing was done", status=REFUSED)


def _is_question_due(arguments: Arguments) -> bool:
    """The local AWS costs nothing and needs no question."""
    return not (arguments.yes or arguments.local)


def ask(arguments: Arguments, talk: Talk) -> None:
    """Raise `Stopped` unless the user agrees."""
    if not _is_question_due(arguments):
        return
    with talk.quiet():
        print("Deploy this? [y/N] ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip().lower()
    if answer not in ("y", "yes"):
        raise Stopped("refused; nothing was done", status=REFUSED)


def _makes(planned: Plan, todo: tuple[StackPlan, ...]) -> bool:
    """Whether stacks will be made as well; of no concern when only the machines are reviewed once more."""
    return planned.environment in todo and any(not stack.exists for stack in planned.workstations)


@dataclass(frozen=True)
class Gate:
    """What every change of what exists has to pass: nobody's machine or data is lost unasked."""

    tools: Tools
    arguments: Arguments
    ask: bool
    """Whether the question is asked here, under the changes."""

    def review(
        self,
        planned: Plan,
        todo: tuple[StackPlan, ...],
        *,
        packaged: Mapping[Path, Path],
        outputs: Mapping[str, str],
    ) -> dict[str, Review]:
        """The reviews of stacks that exist, by stack. Raises `Stopped` with the change sets given up."""
        reviews: list[Review] = []

        def one(stack: StackPlan) -> None:
            reviews.append(propose(self.tools, planned, stack, packaged=packaged, outputs=outputs))

        try:
            with self.tools.talk.step("changes"), self.tools.processes.threads(SIDE_BY_SIDE) as pool:
                for future in [pool.submit(one, stack) for stack in todo]:
                    future.result()
            reviews.sort(key=lambda found: [stack.name for stack in todo].index(found.stack))
            for line in lines(reviews):
                self.tools.talk.say(line)
            refused = refusals(reviews, self.arguments.allow_replacement)
            if refused:
                raise Stopped(*refused, "nothing was changed", status=REFUSED)
            if self.ask and (any(found.change_set for found in reviews) or _makes(planned, todo)):
                ask(self.arguments, self.tools.talk)
        except BaseException:
            give_up(self.tools, reviews)
            raise
        return {found.stack: found for found in reviews}
