package org.robustnessgap.deploy.measure;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.campaign.run.AttackObserver;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.Space;

/**
 * The images behind results, as NumPy's arrays of float32: of each sample x and, for each space
 * where a change of label was found, x + r.
 *
 * @param folder made if it is missing, with a folder for each classifier
 */
record EvidenceFolder(Path folder) implements AttackObserver {
  /** Of version 1.0: magic, version, length of the header. */
  private static final int PREFIX = 10;

  private static final int ALIGNMENT = 64;

  /**
   * @throws InvalidInputException if it is no folder, or cannot be made
   */
  EvidenceFolder {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static InvalidInputException unwritable(Path folder, IOException e) {
    return new InvalidInputException(
        "Cannot write images to "
            + folder
            + " (--keep-evidence); name a folder where you may write.",
        e);
  }

  @Override
  public void found(
      Job.Attack job, Provenance provenance, AttackTarget target, AttackedBatch attacked) {
    GeneratorModel generator = target.generator();
    Rows images = generator.map().apply(generator.rows(job.latents()));
    Path ofClassifier = folder.resolve(job.classifier().name());
    try {
      Files.createDirectories(ofClassifier);
      for (int i = 0; i < attacked.samples().size(); i++) {
        AttackedSample sample = attacked.samples().get(i);
        String name = String.format(Locale.ROOT, "%08d", sample.result().ordinal());
        write(ofClassifier.resolve(name + ".npy"), generator.image(), images.row(i));
        for (Map.Entry<Space, float[]> point : sample.points().entrySet()) {
          write(
              ofClassifier.resolve(name + "." + point.getKey().label() + ".npy"),
              generator.image(),
              image(generator, point.getKey(), point.getValue()));
        }
      }
    } catch (IOException e) {
      throw unwritable(ofClassifier, e);
    }
  }

  private static float[] image(GeneratorModel generator, Space space, float[] point) {
    return space == Space.UNCONSTRAINED
        ? point
        : generator.map().apply(new Rows(point, point.length)).row(0);
  }

  private static void write(Path file, List<Long> shape, float[] values) throws IOException {
    String dimensions = shape.stream().map(size -> size + ",").collect(Collectors.joining(" "));
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + dimensions + "), }";
    int length = (PREFIX + header.length()) / ALIGNMENT * ALIGNMENT + ALIGNMENT - PREFIX;
    ByteBuffer bytes =
        ByteBuffer.allocate(PREFIX + length + Float.BYTES * values.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put("\u0093NUMPY\u0001\0".getBytes(StandardCharsets.ISO_8859_1))
            .putShort((short) length)
            .put(header.getBytes(StandardCharsets.US_ASCII));
    while (bytes.position() < PREFIX + length - 1) {
      bytes.put((byte) ' ');
    }
    bytes.put((byte) '\n').asFloatBuffer().put(values);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(bytes.array());
    }
  }
}
