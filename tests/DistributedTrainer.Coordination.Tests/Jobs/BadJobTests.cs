namespace DistributedTrainer.Coordination.Tests;

/// <summary>One clear error for each mistake: where, which key, what was found, what is allowed, and what was probably meant.</summary>
public class BadJobTests
{
    /// <summary>One of the four needed lines, the key at fault, and what the message says.</summary>
    public static TheoryData<string, int, string, string> BadSections => new()
    {
        { "data: digts", 1, "data.source", "unknown source 'digts'; allowed here: digits, iris, wine, breast-cancer, diabetes, mnist, csv, idx, npy, synthetic, text, images; did you mean 'digits'?" },
        { "data: { path: x.csv }", 1, "data.source", "this required key is missing; it is one of digits" },
        { "data: [digits]", 1, "data", "expected a map with the key 'source'" },
        { "data: { source: [csv] }", 1, "data.source", "found a list of 1 entry" },
        { "data: { source: digits, normalise: none }", 1, "data.normalise", "unknown key 'normalise'; allowed here: source, validation, test, labelled, unlabelled, normalize, shard-by; did you mean 'normalize'?" },
        { "data: { source: digits, normalize: z-score }", 1, "data.normalize", "unknown normalization 'z-score'; allowed here: none, standard, min-max, scale" },
        { "data: { source: digits, shard-by: row }", 1, "data.shard-by", "did you mean 'rows'?" },
        { "data: { source: digits, validation: 1 }", 1, "data.validation", "expected a number from 0 to below 1" },
        { "data: { source: digits, validation: -0.1 }", 1, "data.validation", "found '-0.1'" },
        { "data: { source: digits, validation: 20% }", 1, "data.validation", "found '20%'" },
        { "data: { source: digits, validation: 0.6, test: 0.4 }", 1, "data.validation", "validation (0.6) and test (0.4) leave no rows to train on" },
        { "data: { source: mnist, validation: { path: v.gz } }", 1, "data.validation", "expected a fraction of the rows, such as 0.2; found a map with the key path" },
        { "data: { source: digits, validation: [0.2] }", 1, "data.validation", "expected a fraction of the rows, such as 0.2, or a map with the key path; found a list of 1 entry" },
        { "data: { source: csv, target: y }", 1, "data.path", "this required key is missing; keys here: source, path, target" },
        { "data: { source: csv, path: x.csv }", 1, "data.target", "this required key is missing" },
        { "data: { source: csv, path: x.csv, target: null }", 1, "data.target", "expected a column's name; found nothing" },
        { "data: { source: csv, path: '', target: y }", 1, "data.path", "expected a path" },
        { "data: { source: csv, path: \"a\\0b\", target: y }", 1, "data.path", "a path cannot hold the character NUL" },
        { "data: { source: csv, path: x.csv, target: y, missing: mode }", 1, "data.missing", "allowed here: error, mean, median, most-frequent, drop-row" },
        { "data: { source: csv, path: x.csv, target: y, categorical: street }", 1, "data.categorical", "expected a list of column names; found 'street'" },
        { "data: { source: csv, path: x.csv, target: y, categorical: [[a]] }", 1, "data.categorical.0", "expected a column's name; found a list of 1 entry" },
        { "data: { source: csv, path: x.csv, target: y, categorical: [y] }", 1, "data.categorical", "'y' is the target" },
        { "data: { source: csv, path: x.csv, target: y, ignore: [y] }", 1, "data.ignore", "'y' is the target" },
        { "data: { source: csv, path: x.csv, target: y, ignore: [a, a] }", 1, "data.ignore", "'a' stands twice" },
        { "data: { source: csv, path: x.csv, target: y, ignore: [a], categorical: [a] }", 1, "data.ignore", "'a' stands in categorical too" },
        { "data: { source: csv, path: x.csv, target: y, validation: { path: v.csv, labels: l } }", 1, "data.validation.labels", "unknown key 'labels'; allowed here: path" },
        { "data: { source: idx, path: x.gz }", 1, "data.labels", "this required key is missing" },
        { "data: { source: npy, path: x.npy, labels: y.npy, test: { path: t.npy } }", 1, "data.test.labels", "this required key is missing" },
        { "data: { source: mnist, test: 0.1 }", 1, "data.test", "mnist brings its own test part of 10,000 rows" },
        { "data: { source: images, path: pictures, color: gray }", 1, "data.color", "unknown color 'gray'; allowed here: grayscale, rgb" },
        { "data: { source: images, path: pictures, labels: l }", 1, "data.labels", "unknown key 'labels'" },
        { "data: { source: text, path: input.txt }", 1, "data.window", "this required key is missing" },
        { "data: { source: text, window: 0 }", 1, "data.window", "expected a whole number from 1" },
        { "data: { source: text, window: 8, normalize: scale }", 1, "data.normalize", "tokens are indexes, which are not scaled" },
        { "data: { source: text, window: 8, tokens: words }", 1, "data.tokens", "unknown kind of tokens 'words'; allowed here: characters, bytes" },
        { "data: { source: mnist, augment: shift }", 1, "data.augment", "expected a list of augmentations; found 'shift'" },
        { "data: { source: mnist, augment: [shift] }", 1, "data.augment.0", "'shift' needs options: write shift: { … } with the keys pixels" },
        { "data: { source: mnist, augment: [ { shift: { pixels: 0 } } ] }", 1, "data.augment.0.shift.pixels", "expected a whole number from 1" },
        { "data: { source: mnist, augment: [ { turn: { degrees: 5 } } ] }", 1, "data.augment.0", "unknown augmentation 'turn'; allowed here: shift, flip, rotate, crop, noise, cutout" },
        { "data: { source: mnist, augment: [ { flip: { horizontal: 1.5 } } ] }", 1, "data.augment.0.flip.horizontal", "expected a number from 0 to 1" },
        { "data: { source: mnist, augment: [ { rotate: { degrees: 200 } } ] }", 1, "data.augment.0.rotate.degrees", "expected a number above 0, to 180" },
        { "data: { source: mnist, augment: [ { crop: { least: 0 } } ] }", 1, "data.augment.0.crop.least", "expected a number above 0, to 1" },
        { "data: { source: mnist, augment: [ { noise: { deviation: 0 } } ] }", 1, "data.augment.0.noise.deviation", "expected a number above 0" },
        { "data: { source: digits, augment: [flip] }", 1, "data.augment", "unknown key 'augment'; allowed here: source, validation, test, labelled, unlabelled, normalize, shard-by" },
        { "data: images", 1, "data.path", "this required key is missing" },

        { "model: dense", 2, "model", "expected a list of layers; found 'dense'" },
        { "model: []", 2, "model", "expected at least 1 in the list of layers" },
        { "model: [ dense ]", 2, "model.0", "'dense' needs options: write dense: { … } with the keys units, activation, initializer, bias, per-position, tie, name" },
        { "model: [ { dense: } ]", 2, "model.0.dense.units", "this required key is missing" },
        { "model: [ { dense: 10 } ]", 2, "model.0.dense", "expected a map with the keys units" },
        { "model: [ { dense: { units: 10 }, name: x } ]", 2, "model.0", "; found a map with the keys dense, name" },
        { "model: [ { dens: { units: 10 } } ]", 2, "model.0", "; did you mean 'dense'?" },
        { "model: [ { dense: { units: 0 } } ]", 2, "model.0.dense.units", "expected a whole number from 1 to 2147483647; found '0'" },
        { "model: [ { dense: { units: 1.5 } } ]", 2, "model.0.dense.units", "expected a whole number of 1 or more; found '1.5'" },
        { "model: [ { dense: { units: '10' } } ]", 2, "model.0.dense.units", "found the text \"10\"" },
        { "model: [ { dense: { units: 3000000000 } } ]", 2, "model.0.dense.units", "found '3000000000'" },
        { "model: [ { dense: { units: 4, activation: relU6 } } ]", 2, "model.0.dense.activation", "unknown activation 'relU6'; allowed here: none, relu, leaky-relu, elu, sigmoid, tanh, gelu, gelu-tanh, silu, softplus, softmax; did you mean 'relu'?" },
        { "model: [ { dense: { units: 4, bias: yes } } ]", 2, "model.0.dense.bias", "expected true or false; found 'yes'" },
        { "model: [ { dense: { units: 4, initializer: he } } ]", 2, "model.0.dense.initializer", "unknown initializer 'he'" },
        { "model: [ { dense: { units: 4, initializer: constant } } ]", 2, "model.0.dense.initializer", "'constant' needs options" },
        { "model: [ { dense: { units: 4, initializer: { constant: { value: .nan } } } } ]", 2, "model.0.dense.initializer.constant.value", "expected a number; found '.nan'" },
        { "model: [ { dense: { units: 4, name: a/b } } ]", 2, "model.0.dense.name", "expected a name of at most 100 letters, digits and . _ -" },
        { "model: [ { dense: { units: 4, name: a } }, { dense: { units: 4, name: a } } ]", 2, "model", "the name 'a' is given to 2 layers" },
        { "model: [ { dense: { units: 4, name: dense-2 } }, { dense: { units: 4 } } ]", 2, "model", "the name 'dense-2' is given to 2 layers" },
        { "model: [ { residual: [ { dense: { units: 0 } } ] } ]", 2, "model.0.residual.layers.0.dense.units", "expected a whole number from 1" },
        { "model: [ { residual: [] } ]", 2, "model.0.residual.layers", "expected at least 1 in the list of layers" },
        { "model: [ { conv2d: { filters: 4 } } ]", 2, "model.0.conv2d.kernel", "this required key is missing" },
        { "model: [ { conv: { filters: 4 } } ]", 2, "model.0", "did you mean 'conv2d'?" },
        { "model: [ { dropout: { rate: 1 } } ]", 2, "model.0.dropout.rate", "expected a number from 0 to below 1, within float32's range; found '1'" },
        { "model: [ { global-pool: { take: min } } ]", 2, "model.0.global-pool.take", "unknown pooling 'min'" },
        { "model: [ { concatenate: { branches: [ dense ] } } ]", 2, "model.0.concatenate.branches", "expected a map of names to lists of layers" },
        { "model: [ { concatenate: { branches: { a: [ { dense: 1 } ] } } } ]", 2, "model.0.concatenate.branches.a.0.dense", "expected a map with the keys units" },
        { "model: [ residual ]", 2, "model.0", "'residual' needs options: write residual: { … } with the keys layers, name" },
        { "model: [ { lstm: { units: 4, returns: all } } ]", 2, "model.0.lstm.returns", "unknown output 'all'; allowed here: sequence, last" },
        { "model: [ { rnn: { units: 4, activation: gelu } } ]", 2, "model.0.rnn.activation", "an rnn takes tanh or relu" },
        { "model: [ attention ]", 2, "model.0", "'attention' needs options: write attention: { … } with the keys heads" },
        { "model: [ { reshape: { to: [2, x] } } ]", 2, "model.0.reshape.to.1", "expected a whole number" },

        { "loss: crossentropy", 3, "loss", "unknown loss 'crossentropy'; allowed here: mse, mae, huber, cross-entropy, binary-cross-entropy; did you mean 'cross-entropy'?" },
        { "loss: { cross-entropy: { label-smoothing: 1 } }", 3, "loss.cross-entropy.label-smoothing", "expected a number from 0 to below 1" },
        { "loss: { cross-entropy: { smoothing: 0.1 } }", 3, "loss.cross-entropy.smoothing", "allowed here: label-smoothing" },
        { "loss: { huber: { delta: 0 } }", 3, "loss.huber.delta", "expected a number above 0" },
        { "loss: [mse]", 3, "loss", "expected one loss, as a word or a map with one key" },
        { "loss: { }", 3, "loss", "found an empty map" },
        { "loss:", 3, "loss", "found nothing" },

        { "optimizer: adam", 4, "optimizer", "'adam' needs options: write adam: { … } with the keys learning-rate" },
        { "optimizer: { sgd: { learning-rate: 0.1 } }", 4, "optimizer", "unknown optimizer 'sgd'; allowed here: gd, adam, adamw, rmsprop, adagrad; did you mean 'gd'?" },
        { "optimizer: { adam: { } }", 4, "optimizer.adam.learning-rate", "this required key is missing" },
        { "optimizer: { adam: { learning_rate: 0.1 } }", 4, "optimizer.adam.learning_rate", "did you mean 'learning-rate'?" },
        { "optimizer: { adam: { learning-rate: 0 } }", 4, "optimizer.adam.learning-rate", "expected a number above 0" },
        { "optimizer: { adam: { learning-rate: 1e-60 } }", 4, "optimizer.adam.learning-rate", "within float32's range; found '1e-60'" },
        { "optimizer: { adam: { learning-rate: 1e39 } }", 4, "optimizer.adam.learning-rate", "within float32's range" },
        { "optimizer: { adam: { learning-rate: .inf } }", 4, "optimizer.adam.learning-rate", "found '.inf'" },
        { "optimizer: { adam: { learning-rate: 0.1, beta1: 0,9 } }", 4, "optimizer.adam.9", "unknown key '9'" },
        { "optimizer: { adam: { learning-rate: small } }", 4, "optimizer.adam.learning-rate", "expected a number above 0; found 'small'" },
        { "optimizer: { adam: { learning-rate: 0.1, beta1: 1 } }", 4, "optimizer.adam.beta1", "expected a number from 0 to below 1" },
        { "optimizer: { adam: { learning-rate: 0.1, epsilon: 0 } }", 4, "optimizer.adam.epsilon", "expected a number above 0" },
        { "optimizer: { adam: { learning-rate: 0.1, weight-decay: 0.1 } }", 4, "optimizer.adam.weight-decay", "unknown key 'weight-decay'; allowed here: learning-rate, beta1, beta2, epsilon" },
        { "optimizer: { adamw: { learning-rate: 0.1, weight-decay: -1 } }", 4, "optimizer.adamw.weight-decay", "expected a number of 0 or more" },
        { "optimizer: { gd: { learning-rate: 0.1, momentum: 1.0 } }", 4, "optimizer.gd.momentum", "expected a number from 0 to below 1" },
        { "optimizer: { gd: { learning-rate: 0.1, nesterov: true } }", 4, "optimizer.gd.nesterov", "needs a momentum above 0" },
        { "optimizer: { rmsprop: { learning-rate: 0.1, decay: 2 } }", 4, "optimizer.rmsprop.decay", "found '2'" },
        { "optimizer: { gd: { learning-rate: 0.1 }, adam: { learning-rate: 0.1 } }", 4, "optimizer", "expected one optimizer" },
    };

    [Theory, MemberData(nameof(BadSections))]
    public void Needed_sections(string section, int line, string key, string says) => Check(JobText.Replace(section), line, key, says);

    /// <summary>Further lines after the four needed ones.</summary>
    public static TheoryData<string, int, string, string> BadLines => new()
    {
        { "epoch: 30", 5, "epoch", "unknown key 'epoch'; allowed here: name, seed, data, model, loss, optimizer, penalty, schedule, clip, average, freeze, start-from, pseudo-labels, batch-size, micro-batches, epochs, stop, shards, mode, precision, metrics, checkpoint; did you mean 'epochs'?" },
        { "optimiser: 3", 5, "optimiser", "did you mean 'optimizer'?" },
        { "zzzzzzzzzzzz: 3", 5, "zzzzzzzzzzzz", "unknown key 'zzzzzzzzzzzz'; allowed here" },
        { "name: a b", 5, "name", "found 'a b'" },
        { "name: ../up", 5, "name", "found '../up'" },
        { "name: [a]", 5, "name", "found a list of 1 entry" },
        { "seed: -1", 5, "seed", "expected a whole number from 0 to 18446744073709551615; found '-1'" },
        { "seed: 18446744073709551616", 5, "seed", "found '18446744073709551616'" },
        { "seed: lucky", 5, "seed", "found 'lucky'" },
        { "batch-size: 0", 5, "batch-size", "found '0'" },
        { "batch-size: every", 5, "batch-size", "expected a whole number of 1 or more, or the word all; found 'every'" },
        { "epochs: 0", 5, "epochs", "found '0'" },
        { "epochs: 30 epochs", 5, "epochs", "expected a whole number of 1 or more; found '30 epochs'" },
        { "epochs: 1e2", 5, "epochs", "found '1e2'" },
        { "epochs: 0x10", 5, "epochs", "found '0x10'" },
        { "epochs: 1_000", 5, "epochs", "found '1_000'" },
        { "shards: 0", 5, "shards", "expected a whole number from 1 to 2147483647; found '0'" },
        { "shards: 65", 5, "shards", "65 is above the batch size, 64; allowed here: 1 to 64" },
        { "batch-size: 4\nshards: 8", 6, "shards", "8 is above the batch size, 4" },
        { "penalty: 0.1", 5, "penalty", "expected a map with the keys l1, l2" },
        { "penalty: { l2: -1 }", 5, "penalty.l2", "expected a number of 0 or more" },
        { "penalty: { l3: 1 }", 5, "penalty.l3", "unknown key 'l3'; allowed here: l1, l2" },
        { "mode: async", 5, "mode", "'async' is not yet supported by this version" },
        { "mode: synk", 5, "mode", "unknown value 'synk'; allowed here: sync; did you mean 'sync'?" },
        { "mode: [sync]", 5, "mode", "expected the word sync" },
        { "schedule: cosin", 5, "schedule", "unknown schedule 'cosin'; allowed here: constant, step, exponential, cosine, linear, one-cycle, reduce-on-plateau; did you mean 'cosine'?" },
        { "schedule: step", 5, "schedule", "'step' needs options: write step: { … } with the keys warm-up, factor, every" },
        { "schedule: { step: { factor: 0.1, every: 10 } }", 5, "schedule.step.every", "'10' has no unit; write it like '100 steps'; units allowed here: steps, step, epochs, epoch" },
        { "schedule: { cosine: { to: -1 } }", 5, "schedule.cosine.to", "expected a number of 0 or more" },
        { "schedule: { cosine: { warmup: 3 steps } }", 5, "schedule.cosine.warmup", "did you mean 'warm-up'?" },
        { "schedule: { cosine: { warm-up: 1.5 epochs } }", 5, "schedule.cosine.warm-up", "expected a whole number of epochs" },
        { "schedule: { reduce-on-plateau: { patience: 3 steps } }", 5, "schedule.reduce-on-plateau.patience", "unknown unit 'steps'" },
        { "clip: 1.0", 5, "clip", "expected a map with the keys norm, value" },
        { "clip: { norm: 0 }", 5, "clip.norm", "expected a number above 0" },
        { "clip: { }", 5, "clip.value", "write one of norm and value, such as clip: { norm: 1.0 }" },
        { "clip: { norm: 1, value: 1 }", 5, "clip.value", "write one of norm and value" },
        { "average: { decay: 1 }", 5, "average.decay", "expected a number from 0 to below 1" },
        { "freeze: dense-1", 5, "freeze", "expected a list of layers" },
        { "start-from: runs/old", 5, "start-from", "expected a map with the keys model, mismatches" },
        { "start-from: { model: runs/old, mismatches: keep }", 5, "start-from.mismatches", "unknown treatment 'keep'; allowed here: refuse, initialize" },
        { "micro-batches: 65", 5, "micro-batches", "65 is above the batch size, 64" },
        { "precision: float64", 5, "precision", "unknown precision 'float64'; allowed here: float32, bfloat16" },
        { "checkpoint: { every: 500 }", 5, "checkpoint.every", "'500' has no unit; write it like '500 steps'; units allowed here: steps, step, epochs, epoch, s, min, h, ms" },
        { "checkpoint: { every: 0 steps }", 5, "checkpoint.every", "expected a whole number of steps from 1" },
        { "checkpoint: { every: 0.5 epochs }", 5, "checkpoint.every", "expected a whole number of epochs from 1" },
        { "checkpoint: { every: 0 s }", 5, "checkpoint.every", "expected a time above 0" },
        { "checkpoint: { every: 5 stps }", 5, "checkpoint.every", "unknown unit 'stps'; allowed here: steps, step, epochs, epoch, s, min, h, ms; did you mean 'steps'?" },
        { "checkpoint: { keep: 0 }", 5, "checkpoint.keep", "a whole number from 1" },
        { "checkpoint: { folder: x }", 5, "checkpoint.folder", "unknown key 'folder'; allowed here: every, keep, path" },
        { "checkpoint: never", 5, "checkpoint", "expected a map with the keys every, keep, path" },
        { "metrics: accuracy", 5, "metrics", "expected a list of metrics" },
        { "metrics: [acuracy]", 5, "metrics.0", "did you mean 'accuracy'?" },
        { "metrics: [top-k]", 5, "metrics.0", "'top-k' needs options" },
        { "metrics: [ top-k: { k: 0 } ]", 5, "metrics.0.top-k.k", "found '0'" },
        { "metrics: [accuracy, mae]", 5, "metrics", "'mae' does not fit the loss; allowed here: accuracy, top-k" },
        { "metrics: [accuracy, accuracy]", 5, "metrics", "'accuracy' stands twice" },
        { "stop:\n  patience: 5", 6, "stop.patience", "'5' has no unit; write it like '5 epochs'; units allowed here: epochs, epoch" },
        { "stop:\n  patience: 5 steps", 6, "stop.patience", "unknown unit 'steps'; allowed here: epochs, epoch" },
        { "stop:\n  patience: 0 epochs", 6, "stop.patience", "expected a whole number of epochs from 1" },
        { "stop:\n  patience: -2 epochs", 6, "stop.patience", "expected a whole number of epochs from 1" },
        { "stop:\n  patience: 1.5 epochs", 6, "stop.patience", "expected a whole number of epochs from 1" },
        { "stop:\n  patience: some epochs", 6, "stop.patience", "expected a number with its unit, such as '5 epochs'" },
        { "stop:\n  patience: 3000000000 epochs", 6, "stop.patience", "from 1 to 2147483647" },
        { "stop:\n  steps: 100", 6, "stop.steps", "units allowed here: steps, step" },
        { "stop:\n  steps: 1e400 steps", 6, "stop.steps", "expected a smaller number" },
        { "stop:\n  time: 30", 6, "stop.time", "'30' has no unit; write it like '30 min'; units allowed here: s, min, h, ms" },
        { "stop:\n  time: 30 minutes", 6, "stop.time", "unknown unit 'minutes'; allowed here: s, min, h, ms; did you mean 'min'?" },
        { "stop:\n  time: 0 s", 6, "stop.time", "expected a time above 0" },
        { "stop:\n  time: 1000000 h", 6, "stop.time", "at most 100 years" },
        { "stop:\n  min-delta: -1", 6, "stop.min-delta", "expected a number of 0 or more" },
        { "stop:\n  tolerance: 0", 6, "stop.tolerance", "expected a number above 0" },
        { "stop:\n  target: .nan", 6, "stop.target", "found '.nan'" },
        { "stop:\n  monitor: loss", 6, "stop.monitor", "unknown figure 'loss'; allowed here: train.loss, validation.loss, validation.accuracy" },
        { "stop:\n  monitor: validation.los", 6, "stop.monitor", "did you mean 'validation.loss'?" },
        { "stop:\n  monitor: validation.loss", 6, "stop.monitor", "needs validation rows; add validation: 0.2 to data, or watch train.loss" },
        { "stop:\n  monitor: validation.r2", 6, "stop.monitor", "unknown figure 'validation.r2'" },
        { "stop: 5 epochs", 5, "stop", "expected a map with the keys monitor, patience" },
        { "epochs: 3\nepochs: 4", 6, "", "the key 'epochs' stands twice; first on line 5" },
        { "? [a, b]\n: 3", 5, "", "a key must be a word" },
        { "a: &x 3", 5, "", "anchors (&name) are not used in job files" },
        { "a: *x", 5, "", "aliases (*name) are not used in job files" },
        { "a: !!str 3", 5, "", "tags (!name) are not used in job files" },
        { "a: !<a%20b> 3", 5, "", "tags (!name) are not used in job files" },
        { "a: [1, 2", 6, "", "not valid YAML" },
        { "a: 'open", 5, "", "not valid YAML at column 4" },
        { "stop:\n\tpatience: 3 epochs", 6, "", "not valid YAML: this line is indented with a tab; use spaces" },
        { "name: { a: b\n}", 5, "name", "expected a name" },
        { "a: {\nb: c }", 5, "", "what stands in braces or brackets must be indented on its further lines" },
        { "name: a\nname2: \u0001", 6, "", "the character U+0001 is not text" },
        { "---\nname: second", 5, "", "a second document begins here" },
    };

    [Theory, MemberData(nameof(BadLines))]
    public void Further_lines(string lines, int line, string key, string says) => Check(JobText.Smallest + lines + "\n", line, key, says);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("null\n")]
    public void An_empty_file(string text) => Assert.Contains("the file is empty; a job needs data, model, loss and optimizer", JobText.Error(text).Message);

    [Theory]
    [InlineData("- data", "expected a map with the keys name, seed, data")]
    [InlineData("just words", "found 'just words'")]
    public void A_file_that_is_no_map(string text, string says) => Check(text, 1, "", says);

    [Theory]
    [InlineData("data")]
    [InlineData("model")]
    [InlineData("loss")]
    [InlineData("optimizer")]
    public void A_missing_section(string section)
    {
        var text = string.Join('\n', JobText.Smallest.Split('\n').Where(line => !line.StartsWith(section, StringComparison.Ordinal)));
        Check(text, 1, section, "this required key is missing");
    }

    [Fact]
    public void Depth_has_a_bound() => Check(JobText.Smallest + "name: " + new string('[', 100_000), 5, "", "nested deeper than 32 levels");

    [Fact]
    public void Half_a_character_is_no_text() => Check(JobText.Smallest + "name: \ud83d", 5, "", "the character U+D83D is not text");

    [Fact]
    public void Size_has_a_bound() => Assert.Contains("a job file has at most 1048576", JobText.Error(JobText.Smallest + new string('#', 1 << 20)).Message);

    [Fact]
    public void The_message_is_file_line_key_and_what_is_wrong() => Assert.Equal(
        "jobs/x.yaml:1: data.normalise: unknown key 'normalise'; allowed here: source, validation, test, labelled, unlabelled, normalize, shard-by; did you mean 'normalize'?",
        JobText.Error(JobText.Replace("data: { source: digits, normalise: none }")).Message);

    [Fact]
    public void A_long_value_is_not_repeated_whole()
    {
        var message = JobText.Error(JobText.Smallest + "seed: " + new string('a', 5000)).Message;
        Assert.InRange(message.Length, 1, 300);
    }

    private static void Check(string text, int line, string key, string says)
    {
        var error = JobText.Error(text);
        Assert.Contains(says, error.Message);
        Assert.StartsWith(key.Length == 0 ? $"jobs/x.yaml:{line}: " : $"jobs/x.yaml:{line}: {key}: ", error.Message);
        Assert.Equal((JobText.File, line, key), (error.File, error.Line, error.Key));
    }
}
