"""RFC 6570: every example of the RFC, written out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wot.templates import expand, variables_in

# Section 3.2: the variables of its examples.
VALUES: dict[str, Any] = {
    "count": ["one", "two", "three"],
    "dom": ["example", "com"],
    "dub": "me/too",
    "hello": "Hello World!",
    "half": "50%",
    "var": "value",
    "who": "fred",
    "base": "http://example.com/home/",
    "path": "/foo/bar",
    "list": ["red", "green", "blue"],
    "keys": {"semi": ";", "dot": ".", "comma": ","},
    "v": "6",
    "x": "1024",
    "y": "768",
    "empty": "",
    "empty_keys": {},
    "undef": None,
}
EXAMPLES = """
section 1.2, levels 1 to 3
{var}                   value
{hello}                 Hello%20World%21
{+var}                  value
{+hello}                Hello%20World!
{+path}/here            /foo/bar/here
here?ref={+path}        here?ref=/foo/bar
X{#var}                 X#value
X{#hello}               X#Hello%20World!
map?{x,y}               map?1024,768
{x,hello,y}             1024,Hello%20World%21,768
{+x,hello,y}            1024,Hello%20World!,768
{+path,x}/here          /foo/bar,1024/here
{#x,hello,y}            #1024,Hello%20World!,768
{#path,x}/here          #/foo/bar,1024/here
X{.var}                 X.value
X{.x,y}                 X.1024.768
{/var}                  /value
{/var,x}/here           /value/1024/here
{;x,y}                  ;x=1024;y=768
{;x,y,empty}            ;x=1024;y=768;empty
{?x,y}                  ?x=1024&y=768
{?x,y,empty}            ?x=1024&y=768&empty=
?fixed=yes{&x}          ?fixed=yes&x=1024
{&x,y,empty}            &x=1024&y=768&empty=
section 3.2.1, variable expansion
{count}                 one,two,three
{count*}                one,two,three
{/count}                /one,two,three
{/count*}               /one/two/three
{;count}                ;count=one,two,three
{;count*}               ;count=one;count=two;count=three
{?count}                ?count=one,two,three
{?count*}               ?count=one&count=two&count=three
{&count*}               &count=one&count=two&count=three
section 3.2.2, simple string expansion
{half}                  50%25
O{empty}X               OX
O{undef}X               OX
{x,y}                   1024,768
?{x,empty}              ?1024,
?{x,undef}              ?1024
?{undef,y}              ?768
{var:3}                 val
{var:30}                value
{list}                  red,green,blue
{list*}                 red,green,blue
{keys}                  semi,%3B,dot,.,comma,%2C
{keys*}                 semi=%3B,dot=.,comma=%2C
section 3.2.3, reserved expansion
{+half}                 50%25
{base}index             http%3A%2F%2Fexample.com%2Fhome%2Findex
{+base}index            http://example.com/home/index
O{+empty}X              OX
O{+undef}X              OX
up{+path}{var}/here     up/foo/barvalue/here
{+path:6}/here          /foo/b/here
{+list}                 red,green,blue
{+list*}                red,green,blue
{+keys}                 semi,;,dot,.,comma,,
{+keys*}                semi=;,dot=.,comma=,
section 3.2.4, fragment expansion
{#half}                 #50%25
foo{#empty}             foo#
foo{#undef}             foo
{#path:6}/here          #/foo/b/here
{#list}                 #red,green,blue
{#list*}                #red,green,blue
{#keys}                 #semi,;,dot,.,comma,,
{#keys*}                #semi=;,dot=.,comma=,
section 3.2.5, label expansion
{.who}                  .fred
{.who,who}              .fred.fred
{.half,who}             .50%25.fred
www{.dom*}              www.example.com
X{.empty}               X.
X{.undef}               X
X{.var:3}               X.val
X{.list}                X.red,green,blue
X{.list*}               X.red.green.blue
X{.keys}                X.semi,%3B,dot,.,comma,%2C
X{.keys*}               X.semi=%3B.dot=..comma=%2C
X{.empty_keys}          X
X{.empty_keys*}         X
section 3.2.6, path segments
{/who}                  /fred
{/who,who}              /fred/fred
{/half,who}             /50%25/fred
{/who,dub}              /fred/me%2Ftoo
{/var,empty}            /value/
{/var,undef}            /value
{/var:1,var}            /v/value
{/list}                 /red,green,blue
{/list*}                /red/green/blue
{/list*,path:4}         /red/green/blue/%2Ffoo
{/keys}                 /semi,%3B,dot,.,comma,%2C
{/keys*}                /semi=%3B/dot=./comma=%2C
section 3.2.7, path-style parameters
{;who}                  ;who=fred
{;half}                 ;half=50%25
{;empty}                ;empty
{;v,empty,who}          ;v=6;empty;who=fred
{;v,bar,who}            ;v=6;who=fred
{;x,y,undef}            ;x=1024;y=768
{;hello:5}              ;hello=Hello
{;list}                 ;list=red,green,blue
{;list*}                ;list=red;list=green;list=blue
{;keys}                 ;keys=semi,%3B,dot,.,comma,%2C
{;keys*}                ;semi=%3B;dot=.;comma=%2C
section 3.2.8, form-style query
{?who}                  ?who=fred
{?half}                 ?half=50%25
{?x,y,undef}            ?x=1024&y=768
{?var:3}                ?var=val
{?list}                 ?list=red,green,blue
{?list*}                ?list=red&list=green&list=blue
{?keys}                 ?keys=semi,%3B,dot,.,comma,%2C
{?keys*}                ?semi=%3B&dot=.&comma=%2C
section 3.2.9, form-style query continuation
{&who}                  &who=fred
{&half}                 &half=50%25
{&var:3}                &var=val
{&list}                 &list=red,green,blue
{&keys}                 &keys=semi,%3B,dot,.,comma,%2C
{&keys*}                &semi=%3B&dot=.&comma=%2C
"""
LINES = [line.split() for line in EXAMPLES.splitlines() if line and not line.startswith("section")]


@pytest.mark.parametrize(("template", "expected"), LINES, ids=[line[0] for line in LINES])
def test_examples_of_the_rfc(template: str, expected: str) -> None:
    assert expand(template, VALUES) == expected


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("lamp", {"x": 1}, "lamp"),
        ("lamp{?on,n}", {"on": True, "n": 1.5}, "lamp?on=true&n=1.5"),
        ("lamp{?on}", {}, "lamp"),
        ("{?a}", {"a": [None, "b"]}, "?a=b"),  # section 2.3: undefined members are ignored
        ("{?a}", {"a": [None]}, ""),
        ("{?k*}", {"k": {"a": None, "b": 1}}, "?b=1"),
        ("{+a}", {"a": "%41%zz"}, "%41%25zz"),
        ("{a:2}", {"a": "日本語"}, "%E6%97%A5%E6%9C%AC"),  # characters are counted, not bytes
        ("{?some%20name}", {"some%20name": 1}, "?some%20name=1"),
        ("{?n}", {"n": "a&b=c#d"}, "?n=a%26b%3Dc%23d"),
    ],
)
def test_values_of_a_thing(template: str, values: dict[str, Any], expected: str) -> None:
    assert expand(template, values) == expected


@given(st.dictionaries(st.sampled_from("abc"), st.text() | st.integers() | st.booleans()))
def test_no_value_can_break_out_of_its_place(values: dict[str, Any]) -> None:
    path, _, query = expand("x/{a}{?b,c}", values).partition("?")
    assert path.count("/") == 1
    assert not set("?#&= ") & set(path)
    assert len(query.split("&")) <= 2
    assert "#" not in query


def test_variables_in_a_template() -> None:
    assert variables_in("a/{b}{?c,d:3,e*}{&f}") == ("b", "c", "d", "e", "f")
    assert variables_in("a?b=c") == ()
