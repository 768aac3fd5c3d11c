"""Readers of the pages: the callers of the API's tests, in a browser's place."""

from tests.api import conftest as callers

_fresh_throttles = callers._fresh_throttles
_no_reference_data = callers._no_reference_data
_no_scan_of_static_files = callers._no_scan_of_static_files
analyst = callers.analyst
senior_analyst = callers.senior_analyst
auditor = callers.auditor
list_editor = callers.list_editor
examiner = callers.examiner
anonymous = callers.anonymous
submitter_person = callers.submitter_person
