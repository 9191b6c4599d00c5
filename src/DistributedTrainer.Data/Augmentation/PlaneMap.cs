using System.Runtime.CompilerServices;

namespace DistributedTrainer.Data;

/// <summary>
/// An affine map of the plane: the pixel (x, y) of the new image is taken from (xx·x + xy·y + x0, yx·x + yy·y + y0) of the old one,
/// between its four neighbours, those outside being black. Plain products and sums in float32, one rounding each.
/// </summary>
internal readonly struct PlaneMap(float xx, float xy, float x0, float yx, float yy, float y0)
{
    public unsafe void Apply(in ImageWork image)
    {
        image.CopyToScratch();
        var shape = image.Shape;
        for (var y = 0; y < shape.Height; y++)
        {
            var (rowX, rowY) = (xy * y + x0, yy * y + y0);
            for (var x = 0; x < shape.Width; x++)
            {
                var (sourceX, sourceY) = (xx * x + rowX, yx * x + rowY);
                var (left, top) = (Floor(sourceX), Floor(sourceY));
                var (right, down) = (sourceX - left, sourceY - top);
                var at = y * shape.Width + x;
                for (var channel = 0; channel < shape.Channels; channel++, at += shape.PlaneLength)
                    image.Values[at] = Between(image.Scratch + channel * shape.PlaneLength, shape, left, top, right, down);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe float Between(float* plane, ImageShape shape, int left, int top, float right, float down)
    {
        float topLeft, topRight, bottomLeft, bottomRight;
        if ((uint)left < (uint)(shape.Width - 1) && (uint)top < (uint)(shape.Height - 1))
        {
            var pixel = plane + top * shape.Width + left;
            (topLeft, topRight, bottomLeft, bottomRight) = (pixel[0], pixel[1], pixel[shape.Width], pixel[shape.Width + 1]);
        }
        else
        {
            (topLeft, topRight) = (At(plane, shape, left, top), At(plane, shape, left + 1, top));
            (bottomLeft, bottomRight) = (At(plane, shape, left, top + 1), At(plane, shape, left + 1, top + 1));
        }

        var upper = topLeft + right * (topRight - topLeft);
        var lower = bottomLeft + right * (bottomRight - bottomLeft);
        return upper + down * (lower - upper);
    }

    private static unsafe float At(float* plane, ImageShape shape, int x, int y) =>
        (uint)x < (uint)shape.Width && (uint)y < (uint)shape.Height ? plane[y * shape.Width + x] : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Floor(float value)
    {
        var whole = (int)value;
        return value < whole ? whole - 1 : whole;
    }
}
