"""Documents that are taken over: what of them is used with what is shown, and what of them is otherwise."""

from __future__ import annotations

from dataclasses import replace

from tui.instrument.measured import Measured
from tui.instrument.mismatch import Mismatch, MismatchKind
from tui.instrument.profiles import Setting, fitted_to, taken_over
from tui.instrument.said import Said, Severity
from tui.instrument.scenes import Scene
from tui.instrument.session import Session
from tui.storage.profiles import Profile


class Adopted:
    """Remembers what of the document that was asked for last is otherwise, by scene, until somebody ends that.

    Args:
        force: use a profile with pictures of another shape or of another camera all the same.
    """

    def __init__(self, *, force: bool) -> None:
        self._force = force
        self._differs: dict[Scene | None, tuple[Mismatch, ...]] = {}
        self._camera = ""
        """With which the last document was made."""

    def take(
        self,
        scene: Scene | None,
        session: Session,
        profile: Profile,
        measured: Measured,
        setting: Setting,
        *,
        what: str,
        any_camera: bool,
        again: bool = False,
    ) -> tuple[Session, tuple[Said, ...]]:
        """The session with what a document keeps, as far as it belongs to what is shown, and what there is to say.

        The arguments are those of `fitted_to`, beside the scene that is shown and the session without the document.
        """
        fitted, differs, note = fitted_to(
            profile, measured, setting, what=what, any_camera=any_camera, again=again, force=self._force
        )
        self._differs[scene], self._camera = differs, profile.camera
        kinds = {each.kind for each in differs}
        if fitted is not None:
            unused = MismatchKind.MODEL in kinds
            session = session.with_measured(taken_over(session.measured, fitted, unused=unused))
        elif MismatchKind.MOUNTING not in kinds:
            session = replace(session, waiting=(*session.waiting, measured))
        said = [Said(note, Severity.WARNING)] if note else []
        for each in differs:
            confirm = "; its readings are marked until enter confirms it" if each.kind is MismatchKind.CAMERA else ""
            said.append(Said(f"{each.words}{confirm}", Severity.ERROR))
        return session, tuple(said) or (Said(f"{what} loaded"),)

    def mismatches(self, scene: Scene | None, session: Session) -> tuple[Mismatch, ...]:
        """What of the document in use, or of the one that was asked for and cannot be used, is otherwise here."""
        used = bool(session.references or session.fixed)

        def stands(each: Mismatch) -> bool:
            own = session.profile == each.profile
            if each.kind is MismatchKind.CAMERA:
                return own and (used or bool(session.targets or session.ranges))
            return not (own or used)  # once it is used, or something else is

        return tuple(each for each in self._differs.get(scene, ()) if stands(each))

    def other_camera(self, scene: Scene | None, session: Session) -> str:
        """How the camera differs from the document's; empty if it does not, or was confirmed."""
        cameras = (each.words for each in self.mismatches(scene, session) if each.kind is MismatchKind.CAMERA)
        return next(cameras, "")

    def confirm_camera(self, scene: Scene | None) -> None:
        """The document's readings count with this camera."""
        self._differs[scene] = tuple(each for each in self._differs[scene] if each.kind is not MismatchKind.CAMERA)

    def as_kept(self, scene: Scene | None, session: Session, setting: Setting) -> Setting:
        """With what is measured now is to be kept: another camera must be confirmed at the next start as well."""
        return replace(setting, camera=self._camera) if self.other_camera(scene, session) else setting

    def forget(self, scene: Scene | None) -> None:
        """What is measured now has a document of its own."""
        self._differs.pop(scene, None)
