package org.robustnessgap.traffic;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.messages.JobFailure;

/** What became of reading a record. */
public sealed interface Reading {
  /** The images that are to be had; none unless it is a request. */
  default List<FittedImage> images() {
    return List.of();
  }

  /** Why it is refused, without an excerpt of what users sent; null if it is not. */
  default JobFailure.@Nullable Refused refusal() {
    return null;
  }

  /** Counts with this record among them. */
  TrafficCounts countedIn(TrafficCounts counts);

  /** A request, with at least one image. */
  record Request(List<FittedImage> images) implements Reading {
    @Override
    public TrafficCounts countedIn(TrafficCounts counts) {
      return counts.withImages(images.size());
    }
  }

  /** A well-formed record that is no request. */
  record Answer() implements Reading {
    @Override
    public TrafficCounts countedIn(TrafficCounts counts) {
      return counts.withAnswer();
    }
  }

  /** Another record. */
  record Refused(JobFailure.Refused refusal) implements Reading {
    @Override
    public TrafficCounts countedIn(TrafficCounts counts) {
      return counts.withRefused();
    }
  }
}
