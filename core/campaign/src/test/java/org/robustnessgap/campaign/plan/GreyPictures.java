package org.robustnessgap.campaign.plan;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.Images;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Space;

/** Pictures of 2×2 pixels, one grey each, and campaigns of them. */
public final class GreyPictures {
  private GreyPictures() {}

  /** Those of levels 0 to n − 1 in the order in which they are read. */
  public static Path folder(Path folder, int n) throws IOException {
    Files.createDirectories(folder);
    for (int number = 0; number < n; number++) {
      Files.write(folder.resolve(numbered(number)), png(0));
    }
    List<String> names = names(folder);
    for (int level = 0; level < n; level++) {
      Files.write(folder.resolve(names.get(level)), png(level));
    }
    return folder;
  }

  /** Gives a picture another level. */
  public static void write(Path folder, int number, int level) throws IOException {
    Files.write(folder.resolve(name(folder, number)), png(level));
  }

  /** Of a picture that can be read, by its place in the order of reading. */
  public static String name(Path folder, int number) {
    return names(folder).get(number);
  }

  private static List<String> names(Path folder) {
    try (Images images = Images.open(folder, ImageForm.of(List.of(1L, 2L, 2L), null))) {
      return images.first(Integer.MAX_VALUE).stream().map(FittedImage::name).toList();
    }
  }

  /** The same in one file. */
  public static Path zip(Path file, int n) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int level = 0; level < n; level++) {
        zip.putNextEntry(new ZipEntry(numbered(level)));
        zip.write(png(level));
      }
    }
    return file;
  }

  private static String numbered(int number) {
    return String.format("%03d.png", number);
  }

  private static byte[] png(int level) throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 4; i++) {
      image.getRaster().setSample(i % 2, i / 2, 0, level);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  /** Of the first pictures of a place, in batches as the plan says, without pairs. */
  public static Campaign campaign(String images, SamplingPlan sampling, String... classifiers) {
    return campaign(images, List.of(1, 2, 2), sampling, classifiers);
  }

  static Campaign campaign(
      String images, List<Integer> shape, SamplingPlan sampling, String... classifiers) {
    return new Campaign(
        "c",
        null,
        List.of(classifiers).stream()
            .map(name -> new ModelReference(name, name + ".onnx"))
            .toList(),
        sampling,
        AttackPlan.of(List.of(Space.UNCONSTRAINED), new Algorithm.BoundaryDescent(Effort.FAST)),
        null,
        null,
        Campaign.STANDARD_QUANTILES,
        null,
        null,
        new ImageData("pictures", images, shape));
  }
}
