using DistributedTrainer.Data;

namespace DistributedTrainer.Coordination;

/// <summary><c>augment</c>: random changes of training images.</summary>
internal static class AugmentSection
{
    public static Form<IReadOnlyList<Augmentation>> Form { get; } = new ListForm<Augmentation>("augmentations", new ChoiceForm<Augmentation>("augmentation")
        .Add("shift", new MapForm<Shift>("Moves the image; what comes in is black.", new Shift(1))
            .Required("pixels", "The most, in each direction.", new WholeForm<int>(1), shift => shift.Pixels, (shift, pixels) => shift with { Pixels = pixels }))
        .Add("flip", new MapForm<Flip>("Mirrors the image.", new Flip())
            .Optional("horizontal", "Probability that left and right change sides.", NumberForm.Probability,
                flip => flip.Horizontal, (flip, part) => flip with { Horizontal = part })
            .Optional("vertical", "Probability that top and bottom change sides.", NumberForm.Probability,
                flip => flip.Vertical, (flip, part) => flip with { Vertical = part }))
        .Add("rotate", new MapForm<Rotate>("Turns the image about its middle.", new Rotate(0))
            .Required("degrees", "The most, either way.", NumberForm.Degrees, rotate => rotate.Degrees, (rotate, degrees) => rotate with { Degrees = degrees }))
        .Add("crop", new MapForm<Crop>("Enlarges a part of the image to the whole.", new Crop(1))
            .Required("least", "The smallest part of a side that is taken; the largest is all.", NumberForm.Part,
                crop => crop.Least, (crop, least) => crop with { Least = least }))
        .Add("noise", new MapForm<Noise>("Adds normal numbers.", new Noise(0))
            .Required("deviation", "As a part of white, which is 255 in images of bytes and 1 in others.", NumberForm.Positive,
                noise => noise.Deviation, (noise, deviation) => noise with { Deviation = deviation }))
        .Add("cutout", new MapForm<Cutout>("Blackens a square (DeVries and Taylor 2017).", new Cutout(1))
            .Required("size", "The square's side in pixels.", new WholeForm<int>(1), cutout => cutout.Size, (cutout, size) => cutout with { Size = size })));
}
