from tests_support import loss_of, style_maps, style_objective


def test_it_finds_what_was_moved():
    painting = style_maps(0)
    shifted = {layer: each.roll(4 * each.shape[-1] // 16 or 1, -1) for layer, each in painting.items()}
    assert abs(loss_of(style_objective("nearest", painting), shifted)) < 1e-6
