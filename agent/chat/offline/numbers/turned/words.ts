export const percent = "percent(?:age)?s?|%|pct|per cent|shares?|proportions?|parts?";
export const ofTotal =
  "of (?:the |our |all )*(?:all|total|whole|overall|sum|entire|[a-z][a-z -]*?)(?: [a-z][a-z -]*?)?";
export const those =
  "them|these|those|it|that|this|they|the two|both|all|everything|all of (?:them|these|those)|both of them";
export const moved =
  "change[sd]?|gr[eo]w(?:n|th)?|go(?:ne)? (?:up|down)|drop(?:ped)?|f[ae]ll(?:en)?|rise|rose|increase[sd]?|decrease[sd]?|differ";
export const direction = "more|less|higher|lower|better|worse|fewer|bigger|smaller|greater|up|down";

const movement =
  "difference|change|drop|fall|dip|decline|decrease|rise|increase|jump|spike|growth|gap|loss|gain|improvement";
export const why = new RegExp(
  `^(?:why|how come)(?: (?:is|was|did|has|are|were)? ?(?:${those})(?: (?:so|such|that))?(?: (?:${moved}|change|high|low|good|bad|down|up|happen|happened|much|many|few|little|the case|more|less))*)?$|^(?:what|who)(?: has| have| is| was)? (?:made|caused|cause|causing|drove|driving|explains?|explained|behind|brought|led to|responsible for)(?: (?:the|that|this|it|such an?))*(?: (?:big|small|sudden|${movement}))*$|^where (?:did|does|do|is|was|has|have) (?:the |that |this |most of the )?(?:${movement}|it|that|this)(?: all)? (?:come|came|coming|happen|happened)(?: from)?$|^what happened(?: there| then)?$|^(?:what(?:'s| is| was| are| were) )?(?:the )?(?:reasons?|causes?|drivers?)(?: (?:for|of|behind) (?:that|this|it|the (?:${movement})))?$|^what reasons?(?: (?:is|are|were) (?:that|those|there))?$|^explain the (?:${movement})$`,
);
