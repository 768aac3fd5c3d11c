"""What is told of a description of the API that differs from the declared one."""

import copy

from targeting.management.api_description import as_text, differences

DECLARED = {
    "paths": {
        "/api/v1/alerts": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "lane", "schema": {"type": "string"}},
                    {"in": "query", "name": "office", "schema": {"type": "string"}},
                ],
                "responses": {"200": {"description": ""}},
            }
        }
    },
    "components": {
        "schemas": {
            "Alert": {"properties": {"score": {"type": "string"}}, "required": ["score", "lane"]}
        }
    },
}


def changed(change):
    now = copy.deepcopy(DECLARED)
    change(now["paths"]["/api/v1/alerts"], now["components"]["schemas"]["Alert"])
    return differences(DECLARED, now)


def test_differences_when_nothing_changed_then_none():
    assert changed(lambda alerts, shape: None) == []


def test_differences_when_an_operation_is_new_then_it_is_named():
    def add(alerts, shape):
        alerts["post"] = {"responses": {}}

    assert changed(add) == ["POST /api/v1/alerts: new"]


def test_differences_when_an_address_is_new_then_each_of_its_methods_is_named():
    now = copy.deepcopy(DECLARED)
    now["paths"]["/api/v1/alerts/bulk"] = {"post": {"responses": {}}}
    assert differences(DECLARED, now) == ["POST /api/v1/alerts/bulk: new"]
    assert differences(now, DECLARED) == ["POST /api/v1/alerts/bulk: gone"]


def test_differences_when_a_parameter_goes_then_the_others_are_not_told_as_moved():
    def leave_out(alerts, shape):
        del alerts["get"]["parameters"][0]

    assert changed(leave_out) == ["GET /api/v1/alerts › parameters › lane in query: gone"]


def test_differences_when_a_field_changes_then_what_it_was_and_became():
    def change(alerts, shape):
        shape["properties"]["score"]["type"] = "number"
        shape["required"].remove("lane")

    assert changed(change) == [
        "schemas › Alert › properties › score › type: 'string' became 'number'",
        "schemas › Alert › required › lane: gone",
    ]


def test_text_when_told_in_another_order_then_equal():
    turned = {key: DECLARED[key] for key in reversed(DECLARED)}
    assert as_text(turned) == as_text(DECLARED)
