package org.robustnessgap.traffic;

/**
 * What became of the records of a window: records = requests + answers + refused + late, and
 * records that were passed over unread beside them.
 *
 * @param requests records with images
 * @param images in these, of which the samples are drawn
 * @param answers records that are no requests
 * @param refused records of another form, or with images of another
 * @param late records written before the window began, when nobody read them
 * @param passedOver records that came faster than is read
 */
public record TrafficCounts(
    long requests, long images, long answers, long refused, long late, long passedOver) {
  public static final TrafficCounts NONE = new TrafficCounts(0, 0, 0, 0, 0, 0);

  /** How many records were read. */
  public long records() {
    return requests + answers + refused + late;
  }

  TrafficCounts withImages(int count) {
    return new TrafficCounts(requests + 1, images + count, answers, refused, late, passedOver);
  }

  TrafficCounts withAnswer() {
    return new TrafficCounts(requests, images, answers + 1, refused, late, passedOver);
  }

  TrafficCounts withRefused() {
    return new TrafficCounts(requests, images, answers, refused + 1, late, passedOver);
  }

  TrafficCounts withLate() {
    return new TrafficCounts(requests, images, answers, refused, late + 1, passedOver);
  }

  TrafficCounts withPassedOver(long count) {
    return new TrafficCounts(requests, images, answers, refused, late, passedOver + count);
  }
}
