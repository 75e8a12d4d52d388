package org.robustnessgap.campaign.plan;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelReference;

/** The budgets of a campaign's served classifiers. Not thread-safe. */
final class QueryBudgets {
  private final Map<String, QueryBudget> budgets = new HashMap<>();

  /** Takes in classifiers and limits of a new value of the campaign; what was spent stays. */
  void follow(Campaign campaign) {
    for (ModelReference classifier : campaign.classifiers()) {
      QueryBudget known = budgets.get(classifier.name());
      if (known != null) {
        known.within(classifier.endpointOrStandard());
      } else if (classifier.served()) {
        budgets.put(classifier.name(), QueryBudget.of(campaign, classifier));
      }
    }
  }

  /** What was spent and is left, by classifier. */
  Map<String, Queries> queries() {
    Map<String, Queries> queries = new TreeMap<>();
    budgets.forEach((classifier, budget) -> queries.put(classifier, budget.queries()));
    return queries;
  }

  /** Queries that were made for a job. */
  void spent(JobId id, long queries, Instant at) {
    with(id, budget -> budget.spent(queries, at));
  }

  /** A job was given up, and nobody tells what it took. */
  void lost(JobId id, Instant at) {
    with(id, budget -> budget.lost(at));
  }

  /**
   * Whether a job may be sent, as far as its classifier's server is concerned.
   *
   * @param underWay other jobs of the classifier, sent and not answered
   */
  boolean allows(JobId id, int underWay, Instant now) {
    QueryBudget budget = id.kind().equals(JobKind.ATTACK) ? budgets.get(id.subject()) : null;
    return budget == null || budget.allows(underWay, now);
  }

  private void with(JobId id, Consumer<QueryBudget> told) {
    QueryBudget budget = id.kind().equals(JobKind.ATTACK) ? budgets.get(id.subject()) : null;
    if (budget != null) {
      told.accept(budget);
    }
  }
}
