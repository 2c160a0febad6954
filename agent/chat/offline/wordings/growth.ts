export const growthWordings = ``;
