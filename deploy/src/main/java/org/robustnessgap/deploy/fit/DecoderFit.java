package org.robustnessgap.deploy.fit;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.robustnessgap.data.PictureGrid;
import org.robustnessgap.deploy.fit.progress.CheckpointFile;
import org.robustnessgap.deploy.fit.progress.LossCurve;
import org.robustnessgap.deploy.fit.progress.TrainingProgress;
import org.robustnessgap.deploy.fit.reading.Division;
import org.robustnessgap.deploy.fit.reading.ReadingProgress;
import org.robustnessgap.deploy.model.ModelFile;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.fit.autoencoder.Autoencoder;
import org.robustnessgap.fit.autoencoder.Codes;
import org.robustnessgap.fit.autoencoder.DecoderGenerator;
import org.robustnessgap.fit.autoencoder.Trained;
import org.robustnessgap.fit.flow.Flow;
import org.robustnessgap.fit.flow.FlowBatches;
import org.robustnessgap.fit.flow.FlowMatching;
import org.robustnessgap.fit.flow.VelocityField;
import org.robustnessgap.fit.training.Batches;
import org.robustnessgap.fit.training.ImageBatches;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.fit.training.Trainable;
import org.robustnessgap.fit.training.Training;
import org.robustnessgap.fit.training.TrainingPlan;
import org.robustnessgap.fit.training.TrainingState;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Trains a decoder. Reads the images once, into memory. */
final class DecoderFit {
  private static final int BATCH = 256;
  private static final int WARM_UP = 200;

  /** The flow's network is smaller, and takes longer steps. */
  private static final double FLOW_RATE = 2;

  private static final int FLOW_WIDTH = 512;
  private static final int FLOW_BLOCKS = 2;

  /** Held-out images whose loss is told after each epoch. */
  private static final int WATCHED = 1000;

  private final FitInput input;
  private final DecoderOptions options;
  private final EngineSettings settings;
  private final Autoencoder autoencoder;
  private final VelocityField field;
  private final StoredImages fitted;
  private final StoredImages heldOut;
  private final Path grid;

  /**
   * @throws InvalidInputException if there is no network for such images, or no picture of them
   */
  DecoderFit(FitInput input, DecoderOptions options, EngineSettings settings) {
    this.input = input;
    this.options = options;
    this.settings = settings;
    int values = Math.toIntExact(Math.min(Integer.MAX_VALUE, input.form().values()));
    this.autoencoder = Autoencoder.of(values, input.dimension(), input.form().pixels().range());
    this.field = new VelocityField(input.dimension(), FLOW_WIDTH, FLOW_BLOCKS);
    this.fitted = new StoredImages(values, input.form().pixels().range());
    this.heldOut = new StoredImages(values, input.form().pixels().range());
    this.grid = options.grid() == null ? input.beside(".png") : options.grid();
    if (options.grid() != null && !PictureGrid.shows(input.form())) {
      throw new InvalidInputException(
          "Images of shape " + input.shape() + " are no pictures; leave --grid out.");
    }
  }

  /** Returns whether what was fitted looks right. */
  boolean run(Engine engine) {
    read();
    StoredImages watched = heldOut.some(WATCHED, input.seed());
    ImageBatches batches =
        new ImageBatches(fitted, watched, input.dimension(), BATCH, input.seed());
    int epochs = options.epochs(batches.stepsOfEpoch());
    int flowEpochs = options.flowEpochs(batches.stepsOfEpoch());
    CheckpointFile checkpoint =
        new CheckpointFile(input.beside(".checkpoint"), dependencies(epochs));
    CheckpointFile flowCheckpoint =
        new CheckpointFile(
            input.beside(".flow.checkpoint"), flowDependencies(checkpoint.of(), flowEpochs));
    requireResumed(checkpoint);
    requireResumed(flowCheckpoint);

    Trainable trainable = autoencoder.trainable(fitted, input.seed());
    say(autoencoder.parameters(), autoencoder.encoder() + " and " + autoencoder.decoder());
    TrainingState state =
        trained(
            trainable,
            batches,
            new TrainingPlan(epochs, options.rate(), WARM_UP),
            checkpoint,
            input.beside(".csv"),
            engine);
    Trained trained = new Trained(autoencoder, trainable.named(state.weights()), state.epochs());
    Codes codes = Codes.of(trained, fitted, engine);
    Codes others = codes.ofOthers(trained, watched, engine);
    Flow flow = flowEpochs == 0 ? null : flow(codes, others, flowEpochs, flowCheckpoint, engine);
    PrincipalComponents components = PrincipalComponents.of(fitted, input);
    DecoderGenerator generator =
        DecoderGenerator.of(
            trained, codes, flow, fitted, components.directions(), input.seed(), engine);
    write(generator, components, engine);
    checkpoint.delete();
    flowCheckpoint.delete();
    return !DecoderReport.isSuspicious(generator);
  }

  private Flow flow(
      Codes codes, Codes others, int epochs, CheckpointFile checkpoint, Engine engine) {
    Trainable trainable = new FlowMatching(field).trainable(input.seed());
    say(field.parameters(), field + ", which make N(0, I) the latent vectors");
    TrainingState state =
        trained(
            trainable,
            new FlowBatches(codes, others, BATCH, input.seed()),
            new TrainingPlan(epochs, FLOW_RATE * options.rate(), WARM_UP),
            checkpoint,
            input.beside(".flow.csv"),
            engine);
    return new Flow(field, trainable.named(state.weights()));
  }

  private void say(long weights, String networks) {
    System.err.printf(
        "Training %d weights of %s with %d images%n", weights, networks, fitted.count());
  }

  private void read() {
    ReadingProgress reading = new ReadingProgress(input.images(), 1);
    new Division(reading::forEach, input.holdOut(), input.seed()).each(fitted::add, heldOut::add);
    requireEnough();
    // What reading left behind would stay a part of the heap, and of the memory, all the while.
    System.gc();
  }

  private void requireEnough() {
    if (fitted.count() <= input.dimension()) {
      throw new InvalidInputException(
          String.format(
              "%d images say nothing of %d directions, which takes %d images at least; give more images or a smaller --latent-dimension.",
              fitted.count(), input.dimension(), input.dimension() + 1));
    }
    if (!fitted.isVaried()) {
      throw new InvalidInputException(
          "All images are the same, so there is nothing to generate; give images that differ.");
    }
  }

  /** What the weights depend on. */
  private Map<String, String> dependencies(int epochs) {
    int threads =
        settings.threads() > 0 ? settings.threads() : Runtime.getRuntime().availableProcessors();
    Map<String, String> of = new LinkedHashMap<>();
    of.put("--latent-dimension", Integer.toString(input.dimension()));
    of.put("--epochs", Integer.toString(epochs));
    of.put("--learning-rate", Double.toString(options.rate()));
    of.put("--seed", Long.toString(input.seed()));
    of.put("--hold-out", Integer.toString(input.holdOut()));
    of.put("engine", settings.name());
    of.put("number of threads", Integer.toString(threads));
    of.put("range of pixels", input.form().pixels().range().describe());
    of.put("pair of networks", autoencoder.encoder() + " and " + autoencoder.decoder());
    of.put("set of images", digest(fitted) + digest(heldOut));
    return of;
  }

  private static String digest(StoredImages images) {
    return HexFormat.of().formatHex(images.digest(), 0, Long.BYTES);
  }

  /** What the weights of the flow depend on. */
  private Map<String, String> flowDependencies(Map<String, String> before, int epochs) {
    Map<String, String> of = new LinkedHashMap<>(before);
    of.put("--flow-epochs", Integer.toString(epochs));
    of.put("network of velocities", field.toString());
    return of;
  }

  private void requireResumed(CheckpointFile checkpoint) {
    if (checkpoint.exists() && !options.isResumed()) {
      throw new InvalidInputException(
          checkpoint.file()
              + " is of a training that was interrupted; go on with --resume, or remove it to start anew.");
    }
  }

  /** Goes on where a former process was, if there was one. */
  private static TrainingState trained(
      Trainable trainable,
      Batches batches,
      TrainingPlan plan,
      CheckpointFile checkpoint,
      Path losses,
      Engine engine) {
    Clock clock = Clock.systemUTC();
    try (Training training = Training.open(trainable, batches, plan, engine)) {
      TrainingState state = training.start();
      if (checkpoint.exists()) {
        state = checkpoint.read(training);
        System.err.printf("Going on after step %d of %d%n", state.step(), training.steps());
      }
      Consumer<TrainingState> progress =
          new TrainingProgress(plan.epochs(), training.steps(), state, clock, System.err::println);
      training.run(
          state,
          progress.andThen(new LossCurve(losses)).andThen(checkpoint.keeper(training, clock)));
      checkpoint.write(training, state);
      return state;
    }
  }

  private void write(DecoderGenerator generator, PrincipalComponents components, Engine engine) {
    Map<String, String> metadata = new LinkedHashMap<>(generator.metadata());
    metadata.put("learning_rate", Double.toString(options.rate()));
    metadata.put("seed", Long.toString(input.seed()));
    metadata.putAll(input.metadata());
    OnnxModel model = generator.decoder(input.modelName(), input.shape());
    ModelFile.write(input.out(), model, metadata);
    OnnxModel encoder = generator.encoder(input.modelName() + ".encoder", input.shape());
    ModelFile.write(input.beside(".encoder.onnx"), encoder, metadata);
    DecoderReport report = new DecoderReport(input, fitted, heldOut, components, engine);
    try (Executable executable = engine.load(model)) {
      System.out.print(
          report.text(generator, executable, PictureGrid.shows(input.form()) ? grid : null));
    }
  }
}
