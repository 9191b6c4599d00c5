using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class Conv2dForm
{
    public static MapForm<Conv2d> Form { get; } = new MapForm<Conv2d>(
            "y = activation(x ∗ W + b), on images (channels, height, width) or (height, width)", new Conv2d(0, 0))
        .Required("filters", "Number of output channels.", new WholeForm<int>(1),
            layer => layer.Filters, (layer, filters) => layer with { Filters = filters })
        .Required("kernel", "Rows and columns of a filter's window.", new WholeForm<int>(1),
            layer => layer.Kernel, (layer, kernel) => layer with { Kernel = kernel })
        .Optional("stride", "Pixels from window to window.", new WholeForm<int>(1),
            layer => layer.Stride, (layer, stride) => layer with { Stride = stride })
        .Optional("padding", "Rows and columns of zeros around the image.", new WholeForm<int>(0),
            layer => layer.Padding, (layer, padding) => layer with { Padding = padding })
        .Optional("activation", "The function after the sum.", new WordForm<Activation>("activation"),
            layer => layer.Activation, (layer, activation) => layer with { Activation = activation })
        .Optional("initializer", "How the weights start; biases start at zero.", InitializerForm.Form,
            layer => layer.Initializer, (layer, initializer) => layer with { Initializer = initializer })
        .Optional("bias", "Whether a bias is added.", BooleanForm.Instance,
            layer => layer.Bias, (layer, bias) => layer with { Bias = bias })
        .Named("conv2d");
}
