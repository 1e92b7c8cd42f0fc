import pytest
from tests.bindings.http.wire import X
