import torch

from deepatelier.synthesis.style.colors import Colors, match_colors


def test_mean_and_covariance_are_the_references():
    generator = torch.Generator().manual_seed(0)
    mix = torch.tensor([[0.10, 0.03, 0.0], [0.0, 0.08, 0.02], [0.01, 0.0, 0.05]])
    image = 0.5 + 0.1 * torch.randn(1, 3, 30, 40, generator=generator).clamp(-3, 3)
    reference = 0.4 + torch.einsum("ij,bjhw->bihw", mix, torch.randn(1, 3, 20, 20, generator=generator).clamp(-3, 3))
    matched = match_colors(image, Colors.of(reference))
    assert torch.allclose(matched.mean((0, 2, 3)), reference.mean((0, 2, 3)), atol=1e-3)
    assert torch.allclose(
        torch.cov(matched[0].flatten(1), correction=0), torch.cov(reference[0].flatten(1), correction=0), atol=1e-3
    )


def test_its_own_colours_change_nothing():
    image = torch.rand(1, 3, 12, 12)
    assert torch.allclose(match_colors(image, Colors.of(image)), image, atol=1e-5)


def test_a_part_is_changed_as_the_whole():
    image, wanted = torch.rand(1, 3, 12, 12), Colors.of(torch.rand(1, 3, 9, 9))
    part = match_colors(image[..., :5, 3:], wanted, Colors.of(image))
    assert torch.allclose(part, match_colors(image, wanted)[..., :5, 3:], atol=1e-6)


def test_pictures_without_colour_or_contrast():
    grey, flat = torch.rand(1, 1, 9, 9).expand(1, 3, 9, 9), torch.full((1, 3, 9, 9), 0.3)
    colorful = torch.rand(1, 3, 9, 9)
    one = torch.full((1, 3, 1, 1), 0.6)
    for image, reference in (
        (one, colorful),
        (colorful, one),
        (grey, colorful),
        (colorful, grey),
        (flat, colorful),
        (colorful, flat),
        (flat, flat),
    ):
        matched = match_colors(image, Colors.of(reference))
        assert torch.isfinite(matched).all()
        assert torch.allclose(matched.mean((0, 2, 3)), reference.mean((0, 2, 3)), atol=0.05)
