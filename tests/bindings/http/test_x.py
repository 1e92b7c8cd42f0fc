from tests.bindings.http.wire import X
def test_x(): assert X == 1
