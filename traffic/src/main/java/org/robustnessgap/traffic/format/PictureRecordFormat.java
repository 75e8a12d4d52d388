package org.robustnessgap.traffic.format;

import java.util.List;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ReceivedImages;

/** A record is an encoded picture. */
final class PictureRecordFormat implements TrafficFormat {
  @Override
  public boolean recognises(RecordContent content) {
    return ReceivedImages.isPicture(content.value());
  }

  @Override
  public List<FittedImage> images(RecordContent content, ReceivedImages wanted) {
    return List.of(wanted.picture(content.name(), content.value()));
  }
}
