"""Which service does which stage of a job. Started by the pipeline."""

from collections.abc import Callable, Mapping

from shipments.models.choices import JobStage
from targeting.services import exports, list_imports, profile_simulation, reassessment, rescreening

DoChunk = Callable[..., list[int]]

# Each is told the ``run`` and the office's ``draws``; it gives the ids of the runs that follow.
DO_CHUNK: Mapping[str, DoChunk] = {
    **dict.fromkeys(JobStage, rescreening.do_chunk),
    JobStage.CHOOSE: reassessment.do_chunk,
    JobStage.REASSESS: reassessment.do_chunk,
    JobStage.REPLAY: profile_simulation.do_chunk,
    JobStage.WRITE: exports.do_chunk,
    JobStage.READ: list_imports.do_chunk,
    JobStage.APPLY: list_imports.do_chunk,
}
